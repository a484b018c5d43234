#!/bin/sh
# words.sh: nothing half done is kept, and no path of the machine it was
# built on.  The lint names what it looks for, so it is not searched itself.
. "$(dirname "$0")/lib.sh"

# The folder of this tree, and the one around it unless many have that one.
places=$(pwd -P)
around=$(dirname "$places")
case $around in
/|/tmp|/var|/var/*|/usr|/usr/*|/opt|/srv|/run|/etc) ;;
*) places="$places $around" ;;
esac

verdict "$(find configure.ac Makefile.am README NEWS .ci src include sql tests www contrib -type f \
    ! -path 'tests/lint/*' ! -path '*/corpus/*' ! -path '*/__pycache__/*' ! -name '*.o' \
    ! -name '*.log' ! -name '*.trs' -print 2>/dev/null | sort | xargs grep -In '' /dev/null | awk -v places="$places" '
	BEGIN { n = split(places, place, " ") }
	{
		match($0, /^[^:]*:[0-9]*:/)
		where = substr($0, 1, RLENGTH)
		line = " " substr($0, RLENGTH + 1) " "
		if (match(line, /[^A-Za-z0-9_](TO[D]O|FIX[M]E|X[X]X|HA[C]K)[^A-Za-z0-9_]/))
			print where " " substr(line, RSTART + 1, RLENGTH - 2) ": finish it, or file it elsewhere"
		if (line ~ /[^A-Za-z0-9_.}]\/(home\/[a-z]|root\/|Users\/)/)
			print where " a path of a build machine"
		for (i = 1; i <= n; i++)
			if (index(line, place[i] "/") > 0 || index(line, place[i] " ") > 0)
				print where " a path of this machine: " place[i]
	}
')"
