#!/bin/sh
# format.sh: .clang-format decides the layout.  Skipped where clang-format is
# missing, since its output differs by version nobody needs to install it.
. "$(dirname "$0")/lib.sh"

command -v clang-format >/dev/null 2>&1 || exit 0
files=$(c_files src include tests/unit tests/fuzz tests/bench tests/e2e | grep -v '[.]def$')
[ -n "$files" ] || exit 0
found=$(clang-format --dry-run -Werror $files 2>&1) && exit 0
verdict "$(printf '%s\n' "$found" | sed -n 's/^\([^:]*:[0-9]*\):[0-9]*: error: .*/\1: not as clang-format lays it out/p' | uniq)"
printf '%s\n' "$found"
exit 1
