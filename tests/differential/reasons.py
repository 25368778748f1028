# SPDX-License-Identifier: GPL-2.0-or-later
"""Where feiqdump and tshark may differ, field by field, each with its reason."""

# Protocols whose fields a reason looks at, beside those that feiqdump knows.
ALSO_READ = []


def excused(name, ours, theirs, our_packet, their_packet):
    """May this field's values differ in this packet?"""
    return False


def excused_reading(complaint, ours, theirs):
    """May feiqdump have read another number of packets than tshark?"""
    return False


def excused_capture(error):
    """May one of the two be unable to read this capture?"""
    return False
