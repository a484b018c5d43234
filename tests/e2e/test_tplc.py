"""The template compiler: what it refuses, and what it makes of a template, compiled and run."""

import os
import subprocess

import pytest

from conftest import TOP, find_program

PAGE = "{{% page page(struct out *o, const struct data *d) %}}{}{{% end %}}"


@pytest.fixture(scope="module")
def compiler(tmp_path_factory):
    path = tmp_path_factory.mktemp("tplc") / "tplc"
    sources = [TOP / "src/tools" / name for name in ("tplc.c", "tplc_block.c", "tplc_html.c", "tplc_out.c")]
    subprocess.run(["cc", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover", "-Wall", "-Wextra",
                    "-Werror", "-o", path, *sources], check=True)
    return path


def compiled(compiler, tmp_path, template):
    path = tmp_path / "t.html"
    path.write_text(template)
    return subprocess.run([compiler, path], capture_output=True, text=True)


@pytest.mark.parametrize("html, why", [
    ("<script>{{ d->text }}</script>", "nothing may be put into a script"),
    ("<script>alert(1)</script>", "a script stands in a file of its own"),
    ("<script src=\"{{ d->text }}\"></script>", "what a page loads is no data"),
    ("<style>p { color: red }</style>", "<style> is not for templates"),
    ("<iframe></iframe>", "<iframe> is not for templates"),
    ("<p onclick=\"x\">", "onclick: no script in a page"),
    ("<p on{% if d->yes %}{% end %}click=\"x\">", "on: no script in a page"),
    ("<p style=\"{{ d->text }}\">", "style is not for templates"),
    ("<p srcdoc=\"x\">", "srcdoc is not for templates"),
    ("<meta http-equiv=\"refresh\">", "http-equiv is not for templates"),
    ("<meta content=\"{{ d->text }}\">", "nothing may be put into this value of content"),
    ("<p title={{ d->text }}>", "nothing may be put into a value without quotes"),
    ("<p title=x>", "a value without \"quotes\""),
    ("<p title='x'>", "a value without \"quotes\""),
    ("<p {{ d->text }}=\"x\">", "nothing may be put into a tag"),
    ("<p title{{ d->text }}=\"x\">", "nothing may be put into the name of an attribute"),
    ("<{{ d->text }}>", "nothing may be put into a tag"),
    ("<h{{ d->number }}>", "nothing may be put into the name of an element"),
    ("</{{ d->text }}>", "nothing may be put into the name of an element"),
    ("<p title=\"a\"class=\"b\"></p>", "no blank before an attribute"),
    ("<p hid{% if d->yes %}{% end %}den></p>", "no blank before an attribute"),
    ("<input type=\"{{ d->text }}\">", "nothing may be put into this value of type"),
    ("<a href=\"javascript:x\">", "an address begins with /"),
    ("<a href=\"{= hello =}\">", "a text of ours in an address"),
    ("<!-- {{ d->text }} -->", "a comment in a template stands in {# #}"),
    ("<!doctype html><p>", "it ends within <p>"),
    ("<p>", "it ends within <p>"),
    ("</p>", "</p> ends what is not open here"),
    ("<p><b></p></b>", "</p> where <b> is open"),
    ("<p title=\"", "it ends within"),
    ("<br/>", "'/' in a tag"),
    ("<P></P>", "a '<' that begins nothing"),
    ("a < b", "a '<' that begins nothing"),
    ("a > b", "a '>' that ends nothing"),
    ("<title><b></b></title>", "an element in <title>"),
    ("{% if d->yes %}<p>{% end %}</p>", "it does not end where it began"),
    ("{% if d->yes %}<p>{% else %}<b>{% end %}</p>", "the branches do not end alike"),
    ("{% if d->yes %}<p>{% elif d->text %}<p>{% else %}<b>{% end %}</p>", "the branches do not end alike"),
    ("<p{% if d->yes %} title=\"{% end %}x\"></p>", "it does not end where it began"),
    ("<a href=\"/{% if d->yes %}?{% end %}{{ d->text }}\"></a>", "it does not end where it began"),
    ("<script {% if d->yes %}src=\"{% else %}href=\"{% end %}{{ d->text }}\"></script>", "alike: the attribute they are in"),
    ("<p {% if d->yes %}title=\"{% elif d->text %}class=\"{% else %}title=\"{% end %}x\"></p>", "the attribute they are in"),
    ("<a {% if d->yes %}href=\"/{% else %}src=\"/{% end %}{{ d->text }}\"></a>", "the attribute they are in"),
    ("{% if d->yes %}<link {% else %}<img {% end %}href=\"/x\">", "the branches do not end alike: the tag they are in"),
    ("<link rel=\"stylesheet\" href=\"{{ d->text }}\">", "what a page loads is no data"),
    ("<link rel=\"{{ d->text }}\" href=\"/x\">", "nothing may be put into this value of rel"),
    ("<base href=\"{{ d->text }}\">", "nothing may be put into <base>"),
    ("<base href=\"/{{ d->text }}/\">", "nothing may be put into <base>"),
    ("{% for const struct item *i in d->list %}<p>{% end %}", "it does not end where it began"),
    ("{% for const struct item *i of d->list %}{% end %}", "it must be {% for TYPE *NAME in LIST %}"),
    ("{% else %}", "{% else %} without {% if %}"),
    ("{% if d->yes %}{% else %}{% else %}{% end %}", "{% else %} without {% if %}"),
    ("{% if d->yes %}", "there is no {% end %} for line 1"),
    ("{% end %}{% end %}", "{% end %} ends nothing"),
    ("{% body %}", "{% body %} stands once in a layout"),
    ("{% raw d->text %}", "there is no {% raw %}"),
    ("<p>{% within frame(o) %}{% end %}</p>", "{% within %} stands in a page"),
    ("{% within frame(o) %}</div>{% end %}", "</div> ends what is not open here"),
    ("{% within frame(o) %}<div>{% end %}", "what is within a layout is not whole"),
    ("<p title=\"{% call other(o) %}\"></p>", "{% call %} stands where text may stand"),
    ("{{ d->text", "{{ without }}"),
    ("{% page inner(struct out *o) %}{% end %}", "it stands in another"),
])
def test_what_is_not_safe_does_not_build(compiler, tmp_path, html, why):
    done = compiled(compiler, tmp_path, PAGE.format(html))
    assert done.returncode == 1 and why in done.stderr, done
    assert "t.html:1: " in done.stderr


def test_a_page_is_a_function(compiler, tmp_path):
    for template, why in (("text", "it stands in no page"), ("{{ x }}", "it stands in no page"),
                          ("{% page page %}{% end %}", "it must be NAME(struct out *o, ...)"),
                          ("{% page page(int x) %}{% end %}", "it must be NAME(struct out *o, ...)"),
                          ("{% layout l(struct out *o) %}{% end %}", "a layout without {% body %}")):
        done = compiled(compiler, tmp_path, template)
        assert done.returncode == 1 and why in done.stderr, (template, done)


PROGRAM = r"""
#include <stdio.h>
#include "base/html_out.h"
struct item { const char *name; };
struct data { const char *text; struct str piece; int number; bool yes;
	struct { size_t n; struct item *v; } list; };
enum words { WORDS_hello };
static void words_put(struct out *o, enum words word) { (void)word; html_text(o, "it's \"hello\""); }
void run(struct out *o);
#include "made.h"
#include "made.c"
int main(void)
{
	struct item items[] = { { "one" }, { "<two>" } };
	struct data d = { .text = "a/b \"<&>'", .piece = STR("<p>"), .number = -7, .yes = true,
		.list = { 2, items } };
	struct arena *a = arena_open(1 << 20, ARENA_PLAIN);
	struct out o = out_limit(a, 1 << 19);
	page(&o, &d);
	d.yes = false;
	d.list.n = 0;
	page(&o, &d);
	fwrite(o.buf, 1, o.n, stdout);
	arena_free(&a);
	return 0;
}
"""


def run(compiler, tmp_path, template):
    """What the page writes twice: with all, and with nothing in it."""
    (tmp_path / "t.html").write_text(template)
    for name, option in (("made.c", []), ("made.h", ["--header"])):
        made = subprocess.run([compiler, *option, tmp_path / "t.html"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        text = "".join(line for line in made.stdout.splitlines(True) if '"ui/' not in line)
        (tmp_path / name).write_text(text)
    (tmp_path / "main.c").write_text(PROGRAM)
    build = find_program().parent
    subprocess.run(["cc", "-std=gnu11", "-I", build, "-I", TOP / "include", "-I", tmp_path, "-o", tmp_path / "main",
                    tmp_path / "main.c", build / "libbase.a", "-lcrypto", "-ljansson", "-linih", "-lunistring",
                    "-lz", *(["-fsanitize=address,undefined"] if "asan" in str(build) else [])], check=True)
    return subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("html, seen", [
    ("{{ d->text }}{{ d->piece }}{{ d->number }}", "a/b &quot;&lt;&amp;&gt;&#39;&lt;p&gt;-7" * 2),
    ("<p title=\"{{ d->text }}\"></p>", '<p title="a/b &quot;&lt;&amp;&gt;&#39;"></p>' * 2),
    ("<a href=\"{{ d->text }}\"></a>", '<a href="#"></a>' * 2),
    ("<a href=\"/x/{{ d->text }}?q={{ d->text }}\"></a>",
     '<a href="/x/a%2Fb%20%22%3C%26%3E%27?q=a%2Fb%20%22%3C%26%3E%27"></a>' * 2),
    ("<p{% if d->yes %} hidden{% end %} class=\"a{% if d->yes %} b{% else %} c{% end %}\"></p>",
     '<p hidden class="a b"></p><p class="a c"></p>'),
    ("{% for const struct item *i in d->list %}<b>{{ i->name }}</b>{% end %}", "<b>one</b><b>&lt;two&gt;</b>"),
    ("{# <script>{{ #}\n\n  <p>\n   a   b\n</p>", "\n<p>\na b\n</p>" * 2),
    ("<pre>  a\n\n b</pre>", "<pre>  a\n\n b</pre>" * 2),
    ("<textarea name=\"x\">{{ d->text }}</textarea>",
     '<textarea name="x">\na/b &quot;&lt;&amp;&gt;&#39;</textarea>' * 2),
    ("<svg viewBox=\"0 0 1 1\"><path d=\"M0\"/></svg>", '<svg viewBox="0 0 1 1"><path d="M0"/></svg>' * 2),
    ("<link rel=\"icon\" href=\"/s/{{ d->text }}\">", '<link rel="icon" href="/s/a%2Fb%20%22%3C%26%3E%27">' * 2),
    ("{= hello =}<br>\\ ?? \"", 'it&#39;s &quot;hello&quot;<br>\\ ?? "' * 2),
    ("<script src=\"/s/{{ d->number > 0 ? d->text : d->text }}.js\"></script>",
     '<script src="/s/a%2Fb%20%22%3C%26%3E%27.js"></script>' * 2),
])
def test_what_is_safe_is_written(compiler, tmp_path, html, seen):
    assert run(compiler, tmp_path, PAGE.format(html)) == seen


def test_a_page_within_a_layout(compiler, tmp_path):
    assert run(compiler, tmp_path, """
{% layout frame(struct out *o, const char *title) %}
<!doctype html>
<title>{{ title }}</title><main>{% body %}</main>
{% end %}
{% page row(struct out *o, const struct item *i) %}<i>{{ i->name }}</i>{% end %}
{% page page(struct out *o, const struct data *d) %}{% within frame(o, "<T>") %}<p>{% for const struct item *i in d->list %}{% call row(o, i) %}{% end %}</p>{% end %}{% end %}
""") == ("\n<!doctype html>\n<title>&lt;T&gt;</title><main><p><i>one</i><i>&lt;two&gt;</i></p></main>\n"
         "\n<!doctype html>\n<title>&lt;T&gt;</title><main><p></p></main>\n")


def test_the_c_compiler_speaks_of_the_template(compiler, tmp_path):
    template = PAGE.format("\n<p>{{ d->txet }}</p>")
    made = compiled(compiler, tmp_path, template).stdout
    (tmp_path / "x.c").write_text('#include "base/html_out.h"\nstruct data { const char *text; };\n'
                                  + "".join(line for line in made.splitlines(True) if '"ui/' not in line))
    env = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(["cc", "-fsyntax-only", "-I", find_program().parent, "-I", TOP / "include",
                           tmp_path / "x.c"], capture_output=True, text=True, env=env)
    assert done.returncode != 0 and "t.html:2:" in done.stderr and "txet" in done.stderr
