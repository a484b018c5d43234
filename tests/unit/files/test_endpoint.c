/*
 * test_endpoint.c: where S3 providers may be: the administrator's list, and which
 * addresses are public.
 */
#include "files/s3.h"
#include "files/wire.h"

#include "base/is.h"

static const struct {
	const char *allowed, *endpoint;
	bool want;
} cases[] = {
	{ "http://10.0.0.1:9000", "http://10.0.0.1:9000", true },
	{ "http://10.0.0.1:9000", "http://10.0.0.1:9000/", true },
	{ "http://10.0.0.1:9000", "http://10.0.0.1:9001", false },
	{ "http://10.0.0.1:9000", "http://10.0.0.1:90000", false },
	{ "http://10.0.0.1:9000", "https://10.0.0.1:9000", false },
	{ "http://10.0.0.1", "http://10.0.0.12", false },
	{ "http://10.0.0.1", "http://10.0.0.1:3306", false },
	{ "http://10.0.0.1", "http://10.0.0.1:80", true },
	{ "https://s3.example", "https://s3.example:443/x", true },
	{ "https://s3.example", "https://s3.example:8443", false },
	{ "https://s3.example", "https://s3.example.evil", false },
	{ "https://s3.example", "https://s3.example@evil", false },
	{ "s3.example", "https://s3.example", true },
	{ "s3.example", "http://S3.Example:80", true },
	{ "s3.example", "https://s3.example:80", false },
	{ "s3.example", "http://s3.example:22", false },
	{ "s3.example:9000", "http://s3.example:9000", true },
	{ "s3.example:9000", "https://s3.example:9000/x", true },
	{ "s3.example:9000", "https://s3.example", false },
	{ "https://s3.example/a/", "https://s3.example/a/b", true },
	{ "https://s3.example/a", "https://s3.example/ab", false },
	{ "https://s3.example/a", "https://s3.example", false },
	{ "a.example [2001:db8::1]:9000", "http://[2001:DB8::1]:9000", true },
	{ "a.example [2001:db8::1]:9000", "http://[2001:db8::1]", false },
	{ "{bucket}.s3.example", "https://{bucket}.s3.example", true },
	{ "{bucket}.s3.example", "https://other.s3.example", false },
	{ "nix", "https://", false },
	{ "", "https://anywhere.example", true },
	{ "", "http://anywhere.example", false },
	{ "", "ftp://anywhere.example", false },
	{ "", "", false },
};

static void
only_what_is_listed_is_allowed(void **state)
{
	bool public_only;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_int(s3_endpoint_allowed(cases[i].allowed, str_of(cases[i].endpoint), &public_only),
		    cases[i].want, cases[i].endpoint);
		is_int(public_only, cases[i].allowed[0] == '\0', cases[i].endpoint);
	}
}

static const char *const inside[] = { "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255",
	"127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
	"192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
	"203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
	"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "64:ff9b::7f00:1",
	"64:ff9b:1::7f00:1", "64:ff9b:1:ffff::a00:1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1",
	"2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "4000::1",
	"5f00::1", "8000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1",
	"ff0e::1" };
static const char *const outside[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
	"100.128.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
	"192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "2001:200::1",
	"2001:4860::8888", "2003::1", "2600::1", "2a00::1", "3ffe::1" };

static void
private_addresses_are_not_public(void **state)
{
	struct address a;

	(void)state;
	for (size_t i = 0; i < COUNT(inside); i++) {
		a = address_parse(str_of(inside[i]));
		is_true(a.known && !wire_is_public(&a), inside[i]);
	}
	for (size_t i = 0; i < COUNT(outside); i++) {
		a = address_parse(str_of(outside[i]));
		is_true(a.known && wire_is_public(&a), outside[i]);
	}
	a.known = false;
	is_true(!wire_is_public(&a), "none at all");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_listed_is_allowed),
		cmocka_unit_test(private_addresses_are_not_public),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
