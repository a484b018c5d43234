/*
 * test_fields.c: JSON and forms into structs, and every way they can be wrong.
 */
#include "config.h"

#include "http/fields.h"

#include "base/out.h"

#include "base/bench.h"
#include "base/out.h"

struct pet {
	struct given_text name;
	struct given_int age;
};

struct wish {
	struct given_text text;
	struct given_int number;
	struct given_flag flag;
	struct given_texts texts;
	struct given_rows pets, pet;
};

static const struct field pet_fields[] = { FIELD(pet, name), FIELD(pet, age) };
static const struct shape pet_shape = SHAPE("Pet", pet, pet_fields);
static const struct field wish_fields[] = {
	FIELD_NEEDED(wish, text),
	FIELD(wish, number),
	FIELD(wish, flag),
	FIELD(wish, texts),
	FIELD_ROWS(wish, pets, &pet_shape),
	FIELD_OBJECT(wish, pet, &pet_shape),
};
static const struct shape wish_shape = SHAPE("Wish", wish, wish_fields);

static const struct {
	struct str body;
	enum fault fault;
	const char *field; /* named in the fault */
} refused[] = {
	{ STR(""), FAULT_BAD_JSON, NULL },
	{ STR(" "), FAULT_BAD_JSON, NULL },
	{ STR("{"), FAULT_BAD_JSON, NULL },
	{ STR("{}x"), FAULT_BAD_JSON, NULL },
	{ STR("{}{}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"a\",}"), FAULT_BAD_JSON, NULL },
	{ STR("{'text':'a'}"), FAULT_BAD_JSON, NULL },
	{ STR("{text:1}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"a\nb\"}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"\xff\"}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"\xc0\xaf\"}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"\xed\xa0\x80\"}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"\\ud800\"}"), FAULT_BAD_JSON, NULL },
	{ STR("{\"text\":\"a\"}\0"), FAULT_BAD_JSON, NULL },
	{ STR("\xef\xbb\xbf{}"), FAULT_BAD_JSON, NULL },
	{ STR("null"), FAULT_BAD_JSON, NULL },
	{ STR("[]"), FAULT_BAD_JSON, NULL },
	{ STR("\"text\""), FAULT_BAD_JSON, NULL },
	{ STR("{\"number\":NaN}"), FAULT_BAD_JSON, NULL },

	{ STR("{\"text\":1}"), FAULT_BAD_FIELD, "text" },
	{ STR("{\"text\":[\"a\"]}"), FAULT_BAD_FIELD, "text" },
	{ STR("{\"text\":{}}"), FAULT_BAD_FIELD, "text" },
	{ STR("{\"text\":true}"), FAULT_BAD_FIELD, "text" },
	{ STR("{\"text\":\"a\\u0000b\"}"), FAULT_BAD_FIELD, "text" },
	{ STR("{\"number\":\"1\"}"), FAULT_BAD_FIELD, "number" },
	{ STR("{\"number\":1.0}"), FAULT_BAD_FIELD, "number" },
	{ STR("{\"number\":true}"), FAULT_BAD_FIELD, "number" },
	{ STR("{\"flag\":1}"), FAULT_BAD_FIELD, "flag" },
	{ STR("{\"flag\":\"true\"}"), FAULT_BAD_FIELD, "flag" },
	{ STR("{\"texts\":\"a\"}"), FAULT_BAD_FIELD, "texts" },
	{ STR("{\"texts\":[1]}"), FAULT_BAD_FIELD, "texts" },
	{ STR("{\"texts\":[\"a\",null]}"), FAULT_BAD_FIELD, "texts" },
	{ STR("{\"texts\":[\"\\u0000\"]}"), FAULT_BAD_FIELD, "texts" },
	{ STR("{\"pets\":{}}"), FAULT_BAD_FIELD, "pets" },
	{ STR("{\"pets\":[\"a\"]}"), FAULT_BAD_FIELD, "pets" },
	{ STR("{\"pets\":[null]}"), FAULT_BAD_FIELD, "pets" },
	{ STR("{\"pets\":[{\"age\":\"old\"}]}"), FAULT_BAD_FIELD, "age" },
	{ STR("{\"pet\":[]}"), FAULT_BAD_FIELD, "pet" },

	{ STR("{\"other\":1}"), FAULT_UNKNOWN_FIELD, "other" },
	{ STR("{\"Text\":\"a\"}"), FAULT_UNKNOWN_FIELD, "Text" },
	{ STR("{\"text \":\"a\"}"), FAULT_UNKNOWN_FIELD, "text " },
	{ STR("{\"\":\"a\"}"), FAULT_UNKNOWN_FIELD, "" },
	{ STR("{\"a\\nb\":1}"), FAULT_UNKNOWN_FIELD, "(unprintable)" },
	{ STR("{\"pets\":[{\"colour\":1}]}"), FAULT_UNKNOWN_FIELD, "colour" },
	{ STR("{\"pet\":{\"colour\":1}}"), FAULT_UNKNOWN_FIELD, "colour" },

	{ STR("{\"text\":\"a\",\"text\":\"a\"}"), FAULT_DUPLICATE_FIELD, "text" },
	{ STR("{\"text\":\"a\",\"t\\u0065xt\":\"b\"}"), FAULT_DUPLICATE_FIELD, "t\\u0065xt" },
	{ STR("{\"pet\":{\"age\":1,\"age\":2}}"), FAULT_DUPLICATE_FIELD, "age" },
	{ STR("{\"\":1,\"\":1}"), FAULT_DUPLICATE_FIELD, "" },
	{ STR("{\"a\\\"b\":1, \"a\\\"b\" :1}"), FAULT_DUPLICATE_FIELD, "a\\\"b" },
	{ STR("{\"\\\\\":1,\"\\\\\":1}"), FAULT_DUPLICATE_FIELD, "\\\\" },
	{ STR("{\"a_name_of_two_dozen_bytes\":1,\"a_name_of_two_dozen_bytes\":1}"), FAULT_DUPLICATE_FIELD,
	    "a_name_of_two_dozen_bytes" },
};

static void
what_is_wrong_is_named(void **state)
{
	void *made;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		bench_clear();
		is_fault(fields_read(&w, &wish_shape, refused[i].body, &made), refused[i].fault,
		    shown(refused[i].body));
		is_text(w.trouble.field, refused[i].field, shown(refused[i].body));
	}
}

static struct wish *
read_wish(const char *body)
{
	void *made = NULL;

	is_fault(fields_read(&w, &wish_shape, str_of(body), &made), FAULT_NONE, body);
	return made;
}

static void
absent_null_and_given_stay_apart(void **state)
{
	struct wish *wish;

	(void)state;
	wish = read_wish("{}");
	is_int(wish->text.is, ABSENT, "text");
	is_int(wish->number.is, ABSENT, "number");
	is_int(wish->pets.is, ABSENT, "pets");
	wish = read_wish(
	    "{\"text\":null,\"number\":null,\"flag\":null,\"texts\":null,\"pets\":null,\"pet\":null}");
	is_int(wish->text.is, IS_NULL, "text");
	is_int(wish->number.is, IS_NULL, "number");
	is_int(wish->flag.is, IS_NULL, "flag");
	is_int(wish->texts.is, IS_NULL, "texts");
	is_int(wish->pets.is, IS_NULL, "pets");
	is_int(wish->pet.is, IS_NULL, "pet");
	wish = read_wish("{\"text\":\"\",\"texts\":[],\"pets\":[]}");
	is_int(wish->text.is, GIVEN, "text");
	is_int(wish->text.v.n, 0, "text");
	is_int(wish->texts.is, GIVEN, "texts");
	is_int(wish->texts.n, 0, "texts");
	is_int(wish->pets.is, GIVEN, "pets");
	is_int(wish->pets.n, 0, "pets");
}

static void
values_arrive_as_they_were_sent(void **state)
{
	const struct wish *wish =
	    read_wish("{\"text\":\"caf\\u00e9 \\ud83d\\udd11\",\"number\":-5,\"flag\":false,"
		      "\"texts\":[\"a\",\"\"],\"pets\":[{\"name\":\"Rex\"},{\"age\":3}],"
		      "\"pet\":{\"name\":\"Kim\",\"age\":9223372036854775807}}");
	const struct pet *pets = wish->pets.v, *pet = wish->pet.v;

	(void)state;
	is_str(wish->text.v, STR("caf\303\251 \360\237\224\221"), "text");
	is_int(wish->number.v, -5, "number");
	is_int(wish->flag.is, GIVEN, "flag");
	is_true(!wish->flag.v, "flag");
	is_int(wish->texts.n, 2, "texts");
	is_str(wish->texts.v[0], STR("a"), "texts");
	is_str(wish->texts.v[1], STR(""), "texts");
	is_int(wish->pets.n, 2, "pets");
	is_str(pets[0].name.v, STR("Rex"), "the first");
	is_int(pets[0].age.is, ABSENT, "the first");
	is_int(pets[1].age.v, 3, "the second");
	is_int(wish->pet.n, 1, "pet");
	is_int(pet->age.v, INT64_MAX, "pet");
}

/* {"texts":["","",...]} with so many texts. */
static struct str
many_texts(int n)
{
	struct out o = out_limit(w.arena, 4096);

	out_put(&o, "{\"texts\":[\"\"");
	for (int i = 1; i < n; i++)
		out_put(&o, ",\"\"");
	out_put(&o, "]}");
	return out_text(&o);
}

/* An arena ends the worker when it is full: no body may get there. */
static void
long_lists_are_refused_before_there_is_room_for_them(void **state)
{
	void *made;

	(void)state;
	is_fault(fields_read(&w, &wish_shape, many_texts(200), &made), FAULT_NONE, "200");
	is_fault(fields_read(&w, &wish_shape, many_texts(201), &made), FAULT_BAD_FIELD, "201");
	is_text(w.trouble.field, "texts", "201");
}

static void
depth_is_bounded(void **state)
{
	size_t n = 60000;
	char *body = arena_take(w.arena, n + 1);
	void *made;

	(void)state;
	memset(body, '[', n);
	memcpy(body, "{\"text\":", 8);
	is_fault(fields_read(&w, &wish_shape, str_part(body, n), &made), FAULT_BAD_JSON, "nested too deep");
}

static const struct {
	struct str body;
	enum fault fault;
	const char *field;
} forms[] = {
	{ STR("name=Rex"), FAULT_NONE, NULL },
	{ STR(""), FAULT_NONE, NULL },
	{ STR("name=a+b%20c"), FAULT_NONE, NULL },
	{ STR("name=a&name=b"), FAULT_DUPLICATE_FIELD, "name" },
	{ STR("name=&name="), FAULT_DUPLICATE_FIELD, "name" },
	{ STR("name=a&colour=b"), FAULT_UNKNOWN_FIELD, "colour" },
	{ STR("name%00=a"), FAULT_UNKNOWN_FIELD, NULL },
	{ STR("name=a%00b"), FAULT_BAD_FIELD, "name" },
	{ STR("name=%ff"), FAULT_BAD_FIELD, "name" },
};

struct form {
	struct given_text name;
};
static const struct field form_fields[] = { FIELD(form, name) };
static const struct shape form_shape = SHAPE("Form", form, form_fields);

static void
forms_are_read_the_same_way(void **state)
{
	void *made;

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		bench_clear();
		is_fault(fields_read_form(&w, &form_shape, forms[i].body, &made), forms[i].fault,
		    shown(forms[i].body));
		if (forms[i].field != NULL)
			is_text(w.trouble.field, forms[i].field, shown(forms[i].body));
	}
	is_fault(fields_read_form(&w, &form_shape, STR("name=a+b%20c"), &made), FAULT_NONE, "blanks");
	is_str(((struct form *)made)->name.v, STR("a b c"), "blanks");
	is_fault(fields_read_form(&w, &form_shape, STR(""), &made), FAULT_NONE, "nothing");
	is_int(((struct form *)made)->name.is, ABSENT, "nothing");
}

struct whole_form {
	struct given_text name;
	struct given_int days;
	struct given_flag yes;
	struct given_texts scopes;
};
static const struct field whole_fields[] = { FIELD(whole_form, name), FIELD(whole_form, days),
	FIELD(whole_form, yes), FIELD(whole_form, scopes) };
static const struct shape whole_shape = SHAPE("WholeForm", whole_form, whole_fields);

static const struct {
	struct str body;
	enum fault fault;
	const char *field;
} whole_forms[] = {
	{ STR("days=x"), FAULT_BAD_FIELD, "days" },
	{ STR("days=1&days=2"), FAULT_DUPLICATE_FIELD, "days" },
	{ STR("days=99999999999999999999"), FAULT_BAD_FIELD, "days" },
	{ STR("yes=maybe"), FAULT_BAD_FIELD, "yes" },
	{ STR("yes=on&yes=on"), FAULT_DUPLICATE_FIELD, "yes" },
	{ STR("scopes=a&scopes=%ff"), FAULT_BAD_FIELD, "scopes" },
};

static void
forms_have_numbers_flags_and_lists(void **state)
{
	struct whole_form *form;
	void *made;

	(void)state;
	for (size_t i = 0; i < COUNT(whole_forms); i++) {
		bench_clear();
		is_fault(fields_read_form(&w, &whole_shape, whole_forms[i].body, &made), whole_forms[i].fault,
		    shown(whole_forms[i].body));
		is_text(w.trouble.field, whole_forms[i].field, shown(whole_forms[i].body));
	}
	is_fault(fields_read_form(&w, &whole_shape,
		     STR("csrf=a&csrf=b&days=30&scopes=read&yes=on&scopes=write&once="), &made),
	    FAULT_NONE, "all");
	form = made;
	is_int(form->days.v, 30, "days");
	is_int(form->yes.v, true, "yes");
	is_int((int64_t)form->scopes.n, 2, "scopes");
	is_str(form->scopes.v[1], STR("write"), "scopes");
	is_fault(fields_read_form(&w, &whole_shape, STR("days=&yes=false"), &made), FAULT_NONE, "empty");
	form = made;
	is_int(form->days.is, IS_NULL, "an empty number");
	is_int(form->yes.is == GIVEN && !form->yes.v, true, "false");
	is_int(form->scopes.is, ABSENT, "none");
}

static void
a_list_in_a_form_has_an_end(void **state)
{
	struct out o = out_limit(w.arena, 8192);
	void *made;

	(void)state;
	for (int i = 0; i < 201; i++)
		out_put(&o, "scopes=a&");
	is_fault(fields_read_form(&w, &whole_shape, out_text(&o), &made), FAULT_BAD_FIELD, "201");
	is_text(w.trouble.field, "scopes", "201");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(absent_null_and_given_stay_apart),
		cmocka_unit_test(values_arrive_as_they_were_sent),
		cmocka_unit_test(long_lists_are_refused_before_there_is_room_for_them),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(forms_are_read_the_same_way),
		cmocka_unit_test(forms_have_numbers_flags_and_lists),
		cmocka_unit_test(a_list_in_a_form_has_an_end),
	};

	return cmocka_run_group_tests_name("http/fields", tests, bench_open, bench_close);
}
