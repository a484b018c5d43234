/*
 * filter_tree.h: a filter as it was read.
 */
#ifndef RECORDS_FILTER_TREE_H
#define RECORDS_FILTER_TREE_H

#include "records/filter.h"

enum filter_op {
	OP_IS,
	OP_IS_NOT,
	OP_CONTAINS,
	OP_LACKS,
	OP_EMPTY,
	OP_FILLED,
	OP_ABOVE,
	OP_FROM,
	OP_BELOW,
	OP_TO,
	OP_WITHIN,
	OP_ANY_OF,
	OP_NONE_OF
};

/* A number is from itself to itself, a day from its first second to its last. */
struct filter_leaf {
	const struct column *column;
	enum filter_op op;
	double from, to;
	bool flag;
	struct str text, folded;
	const struct json_value *list;
};

struct filter_node {
	struct filter *group; /* NULL: it is a leaf */
	struct filter_leaf leaf;
};

struct filter {
	bool any; /* one of them is enough */
	struct filter_node *v;
	size_t n;
};

#endif
