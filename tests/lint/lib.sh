# lib.sh: what the checks of the lint share.  Each check is a script that is
# run at the root of the tree, prints "file:line: why" for what it refuses,
# and then ends with status 1.

here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C

# The C files below the directories given, those made while building left out.
c_files() {
	find "$@" \( -name '*.c' -o -name '*.h' -o -name '*.def' \) \
	    ! -path src/db/sql_files.c ! -path src/core/common_passwords.c \
	    ! -path src/core/mail_texts.c ! -path src/api/schemas.c \
	    ! -path 'src/ui/templates.[ch]' ! -path src/ui/static_files.c ! -path src/ui/assets.h -print 2>/dev/null | sort
}

# Print the lines of C files as three columns, tabs between: file:line, the
# code without comments and literals, and the text of the literals.
split() {
	[ $# -eq 0 ] || awk -f "$here/split.awk" "$@"
}

# Show what a check found; the check fails if that is anything.
verdict() {
	[ -z "$1" ] || { printf '%s\n' "$1"; exit 1; }
}
