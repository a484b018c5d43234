/*
 * lex.h: a GraphQL document in tokens.
 */
#ifndef GRAPHQL_LEX_H
#define GRAPHQL_LEX_H

#include "graphql/document.h"

enum gql_token {
	TOKEN_END,
	TOKEN_MARK, /* one of ! $ & ( ) : = @ [ ] { | } or "...", which stands as '.' */
	TOKEN_NAME,
	TOKEN_INT,
	TOKEN_FLOAT,
	TOKEN_TEXT,
	TOKEN_BROKEN /* what is no token, or one too many; there is an error */
};

struct gql_lexer {
	struct arena *arena;
	struct gql_errors *errors;
	struct str rest;
	const char *line_start;
	unsigned line, tokens;
	/* the token at hand */
	enum gql_token token;
	char mark;
	struct str text; /* of a text: decoded */
	struct gql_place at;
};

/* The first token. */
void lex_open(struct gql_lexer *, struct arena *, struct str text, struct gql_errors *);
/* The next one. */
void lex_next(struct gql_lexer *);

#endif
