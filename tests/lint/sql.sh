#!/bin/sh
# sql.sh: SQL text stands in the statement tables of src/store and in
# src/db/migrate.c, nowhere else.  A macro of src/store may hold a piece that
# several rows begin with; only rows may use it.
. "$(dirname "$0")/lib.sh"

verdict "$(split $(c_files src include) | awk -F '\t' '
	function uses_piece(code,  name) {
		for (name in piece)
			if (code ~ ("(^|[^A-Za-z0-9_])" name "([^A-Za-z0-9_]|$)"))
				return 1
		return 0
	}
	{
		file = $1
		sub(/:[0-9]*$/, "", file)
		if (file != last) {
			split("", piece)
			table = define = 0
		}
		last = file
		store = file ~ /^src\/store\//
	}
	file == "src/db/migrate.c" { next }
	$2 ~ /struct stmt [A-Za-z0-9_]+\[.*= *\{/ { table = store }
	$2 ~ /^ *\};/ { table = 0 }
	table { next }
	{
		sql = $3 ~ /(^|[^A-Za-z0-9_])(SELECT [A-Z0-9a-z_*(`]|INSERT (IGNORE )?INTO |REPLACE INTO |DELETE FROM )/ ||
		    $3 ~ /(^|[^A-Za-z0-9_])(CREATE|ALTER|DROP) TABLE / ||
		    $3 ~ /(^|[^A-Za-z0-9_])UPDATE [A-Za-z_`.]+( [a-z]+)? SET / ||
		    $3 ~ /\001 *(select .* from |insert into |delete from |update [a-z_`]+ set )/
	}
	store && $2 ~ /^ *# *define / {
		define = 1
		name = $2
		sub(/^ *# *define +/, "", name)
		sub(/[^A-Za-z0-9_].*/, "", name)
	}
	define {
		if (sql)
			piece[name] = 1
		define = $2 ~ /\\ *$/
		next
	}
	sql { print $1 ": SQL text outside a statement table of src/store" }
	store && uses_piece($2) { print $1 ": a piece of SQL outside a statement table" }
')"
