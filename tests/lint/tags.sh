#!/bin/sh
# tags.sh: no C file holds an HTML tag; pages are templates in www/.
. "$(dirname "$0")/lib.sh"

verdict "$(split $(c_files src include) | awk -F '\t' '
	BEGIN {
		names = "a|abbr|article|aside|b|base|blockquote|body|br|button|caption|code|col|dd|details|dialog|" \
		    "div|dl|dt|em|embed|fieldset|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|kbd|" \
		    "label|legend|li|link|main|mark|meta|nav|object|ol|option|p|pre|script|section|select|small|" \
		    "span|strong|style|summary|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|u|ul"
		tag = "<(" names ")([ />]|\\\\)|</(" names ")([^a-z-]|$)|<!doctype|<!--"
	}
	tolower($3) ~ tag { print $1 ": an HTML tag in a C file; pages are templates in www/" }
')"
