#!/bin/sh
# lists.sh: Makefile.am names every file of the tree, so that none is left
# out of the program, the tests or the tarball; and the root stays small.
. "$(dirname "$0")/lib.sh"

listed=$(sed 's/#.*//' Makefile.am | tr ' \t' '\n\n' | grep / | sort -u)

missing() {
	sort | while IFS= read -r file; do
		printf '%s\n' "$listed" | grep -qxF "$1${file%"$2"}" ||
		    echo "$file:1: is in no list of Makefile.am"
	done
}

tree() {
	find "$@" -type f ! -path '*/__pycache__/*' ! -path '*/.*' ! -name '*.tmp' \
	    ! -name '*.log' ! -name '*.trs' ! -name '*.o' ! -name '*.pyc' -print 2>/dev/null
}

root_strays() {
	[ -e .git ] || return 0
	git ls-files | sed 's,/.*,,' | sort -u | while IFS= read -r name; do
		case $name in
		configure.ac|Makefile.am|README|NEWS|LICENSE|.*) ;;
		src|include|sql|www|tests|contrib) ;;
		*) echo "$name:1: this does not belong at the root" ;;
		esac
	done
}

verdict "$(
	{
		c_files src include
		tree sql tests/lint tests/broken tests/model contrib www
		tree tests/bench ! -name empty ! -name argon2 ! -name test_db_records
		tree tests/e2e ! -path tests/e2e/clients
		tree tests/fuzz ! \( -name 'fuzz_*' ! -name '*.*' \)
		tree src ! -name '*.[ach]' ! -name '*.def' ! -path src/tools/embed
		tree tests/unit ! -name 'test_*'
	} | missing '' ''
	find tests/unit -name 'test_*.c' -print 2>/dev/null | missing '' .c
	root_strays
)"
