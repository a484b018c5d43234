#!/bin/sh
# self.sh: the lint refuses what it is there for.  Plants one fault after the
# other in a scratch copy of the tree and looks for the line that names it.
. "$(dirname "$0")/lib.sh"

copy=$(mktemp -d "${TMPDIR:-/tmp}/claviger-lint.XXXXXX") || exit 1
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' HUP INT TERM
for part in configure.ac Makefile.am .clang-format README NEWS src include sql tests www; do
	[ ! -e "$part" ] || cp -R "$part" "$copy/" || exit 1
done
chmod -R u+w "$copy"
cd "$copy" || exit 1
status=0

# expect CHECK WHERE WHAT: the check fails, and a line begins with the place
# and holds the words.
expect() {
	if said=$(sh "$here/$1.sh" 2>&1); then
		echo "tests/lint/$1.sh:1: does not refuse what was planted in $2 ($3)"
		status=1
	elif ! printf '%s\n' "$said" | grep -F "$2:" | grep -qF "$3"; then
		echo "tests/lint/$1.sh:1: fails, but does not name $2 ($3)"
		status=1
	fi
}

# plant CHECK FILE WHAT TEXT...: the lines of text become the file, which was
# not there; the check has to name it.
plant() {
	check=$1 file=$2 what=$3
	shift 3
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$@" >"$file"
	expect "$check" "$file" "$what"
	rm -f "$file"
}

# spared CHECK FILE TEXT...: the check has nothing to say about this file.
spared() {
	check=$1 file=$2
	shift 2
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$@" >"$file"
	if sh "$here/$check.sh" 2>&1 | grep -qF "$file:"; then
		echo "tests/lint/$check.sh:1: refuses what is sound in $file"
		status=1
	fi
	rm -f "$file"
}

plant floors src/store/zz.c 'store may not include core' '#include "core/verify.h"'
plant floors include/base/zz.h 'base may not include db' '#include "db/db.h"'
plant floors src/api/zz.c 'api may not include authorizer' '# include "authorizer/authorizer.h"'
plant floors src/files/zz.c 'files may not include http' '#include "http/call.h"'
plant floors src/core/zz.c 'not a way to it' '#include "../http/call.h"'
plant floors src/attic/zz.c 'attic is no floor' '#include "base/str.h"'
plant floors tests/unit/db/test_zz.c 'db may not include store' '#include "store/keys.h"'
spared floors src/front/zz.c '#include "api/api.h"' '#include "base/str.h"' '#include "front/zz.h"'

plant headers src/api/zz.c 'fcgiapp.h belongs to' '#include <fcgiapp.h>'
plant headers src/store/zz.c 'belongs to src/db/' '#include <mysql.h>'
plant headers src/store/zz.c 'belongs to src/db/' '#include <mariadb/mysql.h>'
plant headers src/base/zz.c 'argon2.h belongs to' '#include <argon2.h>'
plant headers src/core/zz.c 'jansson.h belongs to' '#include <jansson.h>'
plant headers src/core/zz.c 'curl.h belongs to' '#include <curl/curl.h>'
plant headers include/front/zz.h 'ini.h belongs to' '#include <ini.h>'

plant banned src/base/zz.c 'strcpy is banned' '	strcpy(a, b);'
plant banned src/http/zz.c 'sprintf is banned' '	(void)sprintf (a, "%d", b);'
plant banned tests/unit/base/test_zz.c 'atoi is banned' '	n = atoi(s);'
plant banned src/core/zz.c 'use secret_equal' '	return memcmp(a, b, 32) == 0;'
plant banned src/core/zz.c 'use change' '	return orgs_bump_epoch(w, org);'
spared banned src/base/zz.c '	snprintf(a, n, "strcpy(a, b)"); /* gets(s) */' '	x->rand(1);' '	memcmp(a, b, 3);'

plant sql src/core/zz.c 'SQL text' '	run("SELECT id FROM api_key");'
plant sql src/api/zz.c 'SQL text' '	run("DELETE FROM " "x");'
plant sql src/db/zz.c 'SQL text' '	run("UPDATE api_key SET name = 1");'
plant sql src/store/zz.c 'SQL text' '	run("insert into x values (1)");'
plant sql src/store/zz.c 'a piece of SQL' '#define ZZ_COLS \' '	"SELECT id FROM zz "' '	run(ZZ_COLS "x");'
spared sql src/store/zz.c '#define ZZ_COLS \' '	"SELECT id FROM zz "' \
    'const struct stmt zz_stmts[] = {' '	{ "zz", ZZ_COLS "WHERE 1" },' '};'
spared sql src/store/zz.c 'const struct stmt zz_stmts[] = {' '	{ "zz", "SELECT 1" },' '};'
spared sql src/front/zz.c '	say("SELECTION, UPDATE and select a key"); /* SELECT 1 */'

plant tags src/api/zz.c 'HTML tag' '	out_put(o, "<p>");'
plant tags src/ui/zz.c 'HTML tag' '	out_put(o, "x</A");'
plant tags src/ui/zz.c 'HTML tag' '	out_put(o, "<a href=\"");'
spared tags src/front/zz.c '	say("usage: key <id> <title-of-it> a<b"); /* <p> */' '#include <a.h>'

plant lists src/base/zz.c 'is in no list' 'int zz;'
plant lists include/base/zz.h 'is in no list' 'int zz;'
plant lists sql/9999_zz.sql 'is in no list' 'x'
plant lists tests/unit/base/test_zz.c 'is in no list' 'int zz;'
plant lists tests/lint/zz.sh 'is in no list' 'x'
plant lists src/front/zz.8 'is in no list' 'x'

plant words src/base/zz.c 'finish it' '/* TO''DO: more */'
plant words sql/9999_zz.sql 'finish it' '-- (FIX''ME)'
plant words tests/unit/base/zz.c 'path of a build machine' '"/home/me/claviger"'
plant words src/base/zz.c 'path of this machine' "\"$(pwd -P)/src\""
spared words src/base/zz.c '"drvp_XXXX", mktemp XXXXXX'

lines=$(awk 'BEGIN { for (i = 0; i < 61; i++) print "\tx();" }')
plant length src/base/zz.c 'zz_long is longer' 'static int' 'zz_long(int a)' '{' "$lines" '}'
lines=$(awk 'BEGIN { for (i = 0; i < 501; i++) print "int a;" }')
plant length src/base/zz.c 'a file of more than' "$lines"
! command -v clang-format >/dev/null 2>&1 ||
    plant format src/base/zz.c 'not as clang-format' 'int  zz(void);'

# put_first FILE TEXT...: the lines stand above all others of the file.
put_first() {
	file=$1
	shift
	{ printf '%s\n' "$@"; cat "$file"; } >planted.tmp && mv planted.tmp "$file"
}

put_first include/base/fault.def 'FAULT(ZZ, 499, "zz_planted", "Planted")'
expect manual include/base/fault.def:1 'fault "499 zz_planted"'
expect tested include/base/fault.def:1 'no test meets the fault zz_planted'
put_first src/front/routes.c '#define ZZ "/zz"' '	{ METHOD_PUT, ZZ "/{a}", x },' '	{ METHOD_GET, "/zy", x },'
expect manual src/front/routes.c:2 'route "PUT /zz/{a}"'
expect manual src/front/routes.c:3 'route "GET /zy"'
put_first include/base/settings.def 'SETTING_INT_ROW(service, zz, 7, 1, 9, "planted")'
expect manual include/base/settings.def:1 'setting "zz = 7"'
put_first src/front/commands.def 'COMMAND("zz", cmd_zz, "planted",' '    "zz now [--json]\n"' '    "zz later")'
expect manual src/front/commands.def:2 'command "zz now"'
expect manual src/front/commands.def:3 'command "zz later"'
put_first src/front/cmd_org.c '	{ "zz", zz, "planted", "org zz ORG" },'
expect manual src/front/cmd_org.c:1 'command "org zz"'

exit $status
