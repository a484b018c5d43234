#!/bin/sh
# tested.sh: every fault has a test that looks for it, by its name in C or by
# its code as an answer gives it.  Faults that never leave the house are left out.
. "$(dirname "$0")/lib.sh"

met=$(find tests/unit tests/e2e contrib -type f \( -name '*.c' -o -name '*.h' -o -name '*.py' \) -print 2>/dev/null |
    sort | xargs grep -ohE "FAULT_[A-Z_]+|[\"'][a-z_]+[\"']" /dev/null | tr -d "\"'" | sort -u)

verdict "$( { printf '%s\n' "$met"; echo ' rows '; cat include/base/fault.def; } | awk -F '[(,"]' '
	!rows && $0 == " rows " { rows = 1; next }
	!rows { met[$0] = 1; next }
	{ line++ }
	/never leave the house/ { exit }
	/^FAULT\(/ && !("FAULT_" $2 in met) && !($5 in met) {
		print "include/base/fault.def:" line ": no test meets the fault " $5
	}
')"
