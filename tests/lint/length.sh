#!/bin/sh
# length.sh: a function is read on one screen, a file in one sitting.  A file of
# tests may be longer: it is mostly tables.
. "$(dirname "$0")/lib.sh"

verdict "$(awk -v function_max=60 -v file_most=500 -v tests_most=800 '
	FNR == 1 {
		opened = 0
		long_file = 0
		file_max = FILENAME ~ /^tests\// ? tests_most : file_most
	}
	FNR > file_max && !long_file {
		long_file = 1
		print FILENAME ":" FNR ": a file of more than " file_max " lines"
	}
	/^\{/ { opened = FNR }
	/^[a-z_A-Z].*\(/ { name = $0; sub(/ *\(.*/, "", name); sub(/.*[ *]/, "", name) }
	/^\}/ {
		if (opened && FNR - opened - 1 > function_max)
			print FILENAME ":" opened ": " name " is longer than " function_max " lines"
		opened = 0
	}
' $(c_files src include tests/unit tests/fuzz tests/bench tests/e2e) /dev/null)"
