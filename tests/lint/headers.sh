#!/bin/sh
# headers.sh: a foreign library has one door into the program.  Each row is a
# header (an expression) and the files that may include it (another).
. "$(dirname "$0")/lib.sh"

rows='
fcgi(app|os|misc|_stdio|_config)[.]h	src/front/(forget[.][ch]|gate[.]c)
(mysql|mariadb|errmsg|mysqld_error)[^"<>]*[.]h	src/db/.*
argon2[.]h	src/core/password[.]c
zlib[.]h	src/core/token[.]c
openssl/[a-z0-9_]*[.]h	src/base/(seal|secret|signature)[.]c
uni(case|ctype|norm|str|name|width|conv|lbrk|wbrk|gbrk)[.]h	src/base/text[.]c
jansson[.]h	src/(base/json_in|http/fields)[.]c
curl/[a-z]*[.]h	src/(base/smtp|files/wire|mcp/bridge)[.]c
expat[.]h	src/files/s3_xml[.]c
ini[.]h	src/base/settings[.]c
pcre2[.]h	src/base/regex[.]c
'

verdict "$(printf '%s' "$rows" | awk -F '\t' '
	FNR == 1 { file++ }
	file == 1 {
		if (NF == 2) {
			header[++n] = "^([^\"<>]*/)?" $1 "$"
			room[n] = "^(" $2 ")$"
			shown[n] = $2
		}
		next
	}
	/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
		split($0, quoted, /[<">]/)
		for (i = 1; i <= n; i++)
			if (quoted[2] ~ header[i] && FILENAME !~ room[i])
				print FILENAME ":" FNR ": " quoted[2] " belongs to " shown[i]
	}
' - $(c_files src include) | sed 's/\[\.\]/./g')"
