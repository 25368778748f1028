#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# manual.sh PROGRAM PAGE [TOPIC]: every option that --help TOPIC lists is in the manual page, and no
# other.
set -eu
help=$("$1" --help ${3:+"$3"} | grep -oE '(^|[ ,])(--[a-z][a-z-]*|-[a-zA-Z])' |
    grep -oE -e '-[-a-zA-Z]+' | sort -u)
page=$(sed -n 's/^\.It Fl/Fl/p' "$2" | grep -oE 'Fl (-[a-z-]+|[a-zA-Z])' |
    sed 's/^Fl -/--/; s/^Fl /-/' | sort -u)
[ -n "$help" ] && [ "$help" = "$page" ] && exit 0
printf '--help has:\n%s\n\n%s has:\n%s\n' "$help" "$2" "$page"
exit 1
