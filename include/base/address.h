/*
 * address.h: network addresses and the ranges they lie in (CIDR, RFC 4632 and
 * RFC 4291).  IPv4 is kept as IPv4-mapped IPv6, so that both spellings of one
 * address are one address.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "base/arena.h"

#define ADDRESS_TEXT_SIZE 46

struct address {
	uint8_t byte[16];
	bool known;
};

struct range {
	struct address base;
	int bits; /* 0..128 */
};

/* Not an address: known is false. */
struct address address_parse(struct str);
/* Empty text if unknown. */
void address_text(const struct address *, char text[static ADDRESS_TEXT_SIZE]);

/* "10.0.0.0/8", "::1", "2001:db8::/32"; bits beyond the length must be zero. */
bool range_parse(struct str, struct range *);
bool range_holds(const struct range *, const struct address *);
/* One of the ranges, texts with blanks between, holds the address. */
bool ranges_hold(struct str ranges, const struct address *);

/* What failures are counted by: an IPv4 address, or an IPv6 /64. */
struct address address_neighbourhood(const struct address *);

#endif
