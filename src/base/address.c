/*
 * address.c: network addresses and ranges.
 */
#include "base/address.h"

#include <string.h>

#include <arpa/inet.h>

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool
is_ipv4(const struct address *a)
{
	return memcmp(a->byte, mapped, sizeof mapped) == 0;
}

struct address
address_parse(struct str s)
{
	struct address a = { .known = false };
	char text[ADDRESS_TEXT_SIZE];

	if (s.n == 0 || s.n >= sizeof text || memchr(s.s, '\0', s.n) != NULL)
		return a;
	memcpy(text, s.s, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, a.byte + 12) == 1) {
		memcpy(a.byte, mapped, sizeof mapped);
		a.known = true;
	} else {
		a.known = inet_pton(AF_INET6, text, a.byte) == 1;
	}
	return a;
}

void
address_text(const struct address *a, char text[static ADDRESS_TEXT_SIZE])
{
	text[0] = '\0';
	if (!a->known)
		return;
	if (is_ipv4(a))
		(void)inet_ntop(AF_INET, a->byte + 12, text, ADDRESS_TEXT_SIZE);
	else
		(void)inet_ntop(AF_INET6, a->byte, text, ADDRESS_TEXT_SIZE);
}

static bool
same_bits(const struct address *a, const struct address *b, int bits)
{
	size_t whole = (size_t)bits / 8;
	uint8_t mask = (uint8_t)(0xff00 >> (bits % 8));

	if (memcmp(a->byte, b->byte, whole) != 0)
		return false;
	return bits % 8 == 0 || ((a->byte[whole] ^ b->byte[whole]) & mask) == 0;
}

/* Bits past the length must be zero: "10.0.0.1/8" is a slip, not a range. */
static bool
tail_is_zero(const struct range *r)
{
	for (int i = r->bits; i < 128; i++)
		if ((r->base.byte[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

bool
range_parse(struct str s, struct range *r)
{
	struct str host, rest = s;
	int64_t bits;
	int most;

	if (!str_cut(&rest, '/', &host))
		return false;
	r->base = address_parse(host);
	if (!r->base.known)
		return false;
	most = is_ipv4(&r->base) && str_find(host, ':') < 0 ? 32 : 128;
	bits = most;
	if (rest.s != NULL && (!str_int(rest, &bits) || bits < 0 || bits > most))
		return false;
	r->bits = (int)bits + (128 - most);
	return tail_is_zero(r);
}

bool
range_holds(const struct range *r, const struct address *a)
{
	return a->known && same_bits(&r->base, a, r->bits);
}

bool
ranges_hold(struct str ranges, const struct address *a)
{
	struct str word;
	struct range r;

	while (str_word(&ranges, &word))
		if (range_parse(word, &r) && range_holds(&r, a))
			return true;
	return false;
}

struct address
address_neighbourhood(const struct address *a)
{
	struct address near = *a;

	if (!is_ipv4(a))
		memset(near.byte + 8, 0, 8);
	return near;
}
