# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What install-plugin and doctor ask of Wireshark and of the plugin; to be read by `.`.

tshark=${TSHARK:-tshark}
plugin=feiscope.so
folders=

# Major and minor of the first version in the first line
first_version()
{
    sed -n '1s/^[^0-9]*\([0-9]*\.[0-9]*\).*/\1/p'
}

# Major and minor version of a program of Wireshark's; nothing if it cannot be run.
version_of()
{
    "$1" --version 2>/dev/null | first_version
}

# folder TITLE: a folder of which `tshark -G folders` told, whose answer is in $folders
folder()
{
    printf '%s\n' "$folders" | sed -n "s/^$1: *	*//p" | head -n 1
}

# Major and minor version of the Wireshark that a plugin was built for, by the library that it needs:
# libwireshark.so.16 is 4.0's, and each minor release has the next number.
built_for()
{
    soname=$(grep -aom1 'libwireshark\.so\.[0-9]*' "$1" 2>/dev/null)
    number=${soname##*.}
    [ -z "$number" ] || echo "4.$(((number - 16) * 2))"
}

# Is the first file a plugin that tshark loads?
is_loaded()
{
    "$tshark" -G plugins 2>/dev/null | grep -q "^$plugin.*	$1\$"
}
