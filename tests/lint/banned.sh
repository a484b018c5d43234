#!/bin/sh
# banned.sh: calls that have no place here, with what to use instead.
. "$(dirname "$0")/lib.sh"

rows='
strcpy	a struct out or arena_text
strcat	a struct out
strncpy	arena_text_n
strncat	a struct out
stpcpy	a struct out
sprintf	a struct out or snprintf
vsprintf	vsnprintf
gets	getline
strtok	str_cut
atoi	a reader that tells what is no number
atol	a reader that tells what is no number
atoll	a reader that tells what is no number
atof	a reader that tells what is no number
alloca	the arena
rand	the random room of base
srand	the random room of base
random	the random room of base
drand48	the random room of base
tmpnam	mkstemp
mktemp	mkstemp
system	fork and exec
popen	fork and exec
'

verdict "$( { printf '%s' "$rows"; split $(c_files src include tests/unit tests/fuzz tests/bench tests/e2e); } | awk -F '\t' '
	NF == 2 { instead[$1] = $2; next }
	{
		rest = $2
		while (match(rest, /[A-Za-z_][A-Za-z0-9_]* *\(/)) {
			call = substr(rest, RSTART, RLENGTH - 1)
			before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : ""
			sub(/ *$/, "", call)
			rest = substr(rest, RSTART + RLENGTH)
			if (before == "." || before == ">")
				continue
			if (call in instead)
				print $1 ": " call " is banned: use " instead[call]
			else if (call ~ /^(memcmp|bcmp|CRYPTO_memcmp)$/ && $1 ~ /^src\/core\//)
				print $1 ": " call " is banned in core: use secret_equal"
			else if (call == "orgs_bump_epoch" && $1 ~ /^src\// && $1 !~ /^src\/(store\/orgs|core\/change)\.c:/)
				print $1 ": " call " is banned: use change, which says first that nothing counts"
		}
	}
')"
