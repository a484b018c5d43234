# split.awk: takes C lines apart.  Prints for each line, tabs between:
# file:line, the code without comments and with empty literals, and the text
# of the string literals, each after a \001.

FNR == 1 { comment = 0 }

{
	gsub(/\t/, " ")
	rest = $0
	code = ""
	text = ""
	while (rest != "") {
		if (comment) {
			at = index(rest, "*/")
			if (at == 0)
				break
			rest = substr(rest, at + 2)
			comment = 0
			continue
		}
		if (!match(rest, /["'\/]/)) {
			code = code rest
			break
		}
		code = code substr(rest, 1, RSTART - 1)
		mark = substr(rest, RSTART, 1)
		rest = substr(rest, RSTART + 1)
		if (mark == "/" && rest ~ /^\*/) {
			comment = 1
			code = code " "
			rest = substr(rest, 2)
		} else if (mark == "/" && rest ~ /^\//) {
			break
		} else if (mark == "\"" && match(rest, /^([^"\\]|\\.)*"/)) {
			code = code "\"\""
			text = text "\001" substr(rest, 1, RLENGTH - 1)
			rest = substr(rest, RLENGTH + 1)
		} else if (mark == "'" && match(rest, /^([^'\\]|\\.)[^']*'/)) {
			code = code "' '"
			rest = substr(rest, RLENGTH + 1)
		} else {
			code = code mark
		}
	}
	print FILENAME ":" FNR "\t" code "\t" text
}
