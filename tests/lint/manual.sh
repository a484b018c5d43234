#!/bin/sh
# manual.sh: the manual is whole.  Every row of the tables that people see has
# its item (.It) in a page: a fault with its status, a route with its method,
# a setting with its default, a command with its own, a page's address.
. "$(dirname "$0")/lib.sh"

# The items of all pages, their macros left out: one a line.
items() {
	find src -name 'claviger*.[1-8]' -print | sort | xargs cat /dev/null | awk '
		/^\.It Xo/ { open = 1; next }
		/^\.It / || (open && /^\.Ic /) {
			open = 0
			gsub(/\\&/, "")
			gsub(/\\-/, "-")
			line = ""
			for (i = 2; i <= NF; i++)
				if ($i !~ /^(Ar|Cm|Ev|Fl|Ic|No|Op|Oo|Pa|Ql)$/)
					line = line (line == "" ? "" : " ") $i
				else if ($i ~ /^(Ar|Fl|Op|Oo)$/)
					break
			# "GET , PUT /path" is two items.
			n = split(line, method, / , | /)
			if (line !~ /^[A-Z, ]+ \/[^ ]*$/)
				print line
			else
				for (i = 1; i < n; i++)
					print method[i], method[n]
		}'
}

# What has to be an item: where it stands, what it is, the item.
# Faults that never leave the house stand last in their list, below those words.
rows() {
	awk -F '[(,"]' '
		/never leave the house/ { exit }
		/^FAULT\(/ {
			gsub(/[ \t]/, "", $3)
			print FILENAME ":" FNR "\tfault\t" $3 " " $5
		}' include/base/fault.def
	split $(c_files src | grep '/routes[.]c$') | awk -F '\t' '
		$2 ~ /^ *# *define [A-Z_]+ ""/ {
			split($2, part, / +/)
			split($3, text, "\001")
			macro[part[2]] = text[2]
		}
		$2 ~ /^ *\{ *METHOD_/ {
			split($2, part, / *, */)
			sub(/^ *\{ *METHOD_/, "", part[1])
			begin = part[2]
			sub(/ *"".*/, "", begin)
			split($3, text, "\001")
			print $1 "\troute\t" part[1] " " macro[begin] (part[2] ~ /""/ ? text[2] : "")
		}'
	awk '
		/^SETTING_[A-Z]+_ROW\(/ {
			split($0, part, /[(,] */)
			value = part[4]
			gsub(/"/, "", value)
			sub(/^false$/, "no", value)
			sub(/^true$/, "yes", value)
			sub(/[^,]*_ROW\([^,]*, *[^,]*, *"?/, "")
			print FILENAME ":" FNR "\tsetting\t" part[3] " =" (value == "" ? "" : " " value)
		}' include/base/settings.def
	awk -F '"' '/^PAGE\(/ && $2 !~ /[{]|\/new$/ { print FILENAME ":" FNR "\tpage\t" $2 }' include/ui/pages.def
	# What is only the name of a command of commands has its forms in the rows of its room.
	branches=$(grep -l 'command_branch(' src/front/cmd_*.c | sed 's/.*cmd_//; s/\.c$//' | tr '\n' ' ')
	split src/front/commands.def | awk -F '\t' -v branches=" $branches" '
		{
			n = split($3, text, "\001")
			for (i = 2; i <= n; i++)
				if ($2 ~ /^ +""/ && match(text[i], /^[a-z]+( [a-z]+)?/) && \
				    !index(branches, " " text[i] " "))
					print $1 "\tcommand\t" substr(text[i], RSTART, RLENGTH)
		}'
	split src/front/cmd_*.c | awk -F '\t' '
		{
			name = $1
			sub(/.*cmd_/, "", name)
			sub(/\.c:.*/, "", name)
			n = split($3, text, "\001")
			for (i = 2; i <= n; i++)
				if (index(text[i], name " ") == 1 && match(text[i], /^[a-z]+ [a-z]+/))
					print $1 "\tcommand\t" substr(text[i], RSTART, RLENGTH)
		}'
}

verdict "$( { items; echo ' rows '; rows; } | awk -F '\t' '
	!rows && $0 == " rows " { rows = 1; next }
	!rows { item[$0] = 1; next }
	!($3 in item) { print $1 ": the " $2 " \"" $3 "\" is no item of a manual page" }
')"
