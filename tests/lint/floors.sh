#!/bin/sh
# floors.sh: a room opens rooms of its own floor or below, never above, and
# doors and services do not know each other.  The floor of a header is the
# folder in its include line.
. "$(dirname "$0")/lib.sh"

verdict "$(awk '
	BEGIN {
		rank["base"] = 0
		rank["tools"] = 1	# programs of the build: base only
		rank["db"] = 1
		rank["store"] = 2
		rank["core"] = 3
		rank["http"] = rank["files"] = rank["records"] = rank["documents"] = 4
		rank["ui"] = rank["api"] = rank["graphql"] = 5
		rank["tables"] = rank["mcp"] = rank["authorizer"] = 5
		rank["front"] = 6
		nparts = split("", parts)
	}
	FNR == 1 {
		nparts = split(FILENAME, parts, "/")
		own = parts[nparts - 1]
		if (!(own in rank))
			print FILENAME ":1: " own " is no floor"
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		if (quoted[2] ~ /\.\./) {
			print FILENAME ":" FNR ": an include line names its floor, not a way to it"
			next
		}
		if (quoted[2] !~ /\//)
			next
		split(quoted[2], parts, "/")
		floor = parts[1]
		if (!(floor in rank))
			print FILENAME ":" FNR ": " floor " is no floor"
		else if (floor != own && rank[floor] >= rank[own])
			print FILENAME ":" FNR ": " own " may not include " floor
	}
' $(c_files src include tests/unit) /dev/null)"
