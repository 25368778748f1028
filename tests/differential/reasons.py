# SPDX-License-Identifier: GPL-2.0-or-later
"""Where feiqdump and tshark may differ, field by field, each with its reason."""

import functools
import re
import struct

# Protocols whose fields a reason looks at, beside those that feiqdump knows.
ALSO_READ = ["ipv6.hopopts", "ipv6.dstopts", "ipv6.routing", "ipv6.fraghdr", "_ws.malformed"]

MAGIC = {0xA1B2C3D4: 10**6, 0xA1B23C4D: 10**9}  # what a time stamp's fraction counts


@functools.lru_cache(maxsize=2)
def pcap_records(capture):
    """Snapshot length, fractions of a second, and per record (fraction, captured length), as a
    pcap file says; of a pcapng file nothing."""
    with open(capture, "rb") as file:
        data = file.read()
    for order in "<>":
        if len(data) >= 24 and struct.unpack(order + "I", data[:4])[0] in MAGIC:
            break
    else:
        return 0, 0, []
    magic, snapshot = struct.unpack(order + "I12xI", data[:20])
    records, at = [], 24
    while at + 16 <= len(data):
        fraction, captured = struct.unpack(order + "4xII", data[at:at + 12])
        records.append((fraction, captured))
        at += 16 + captured
    return snapshot, MAGIC[magic], records


def record_beyond_snapshot_length(capture, frame):
    """The record is longer than the file's header allows: libpcap gives no more than that, tshark
    all of it."""
    snapshot, _, records = pcap_records(capture)
    return frame <= len(records) and 0 < snapshot < records[frame - 1][1]


def time_out_of_range(capture, frames):
    """A microsecond part of a million or more, of one of the frames that a time was computed from:
    tshark writes it behind the point as it is, where it means the next second and more."""
    _, second, records = pcap_records(capture)
    return any(records[i - 1][0] >= second for i in frames if i <= len(records))


# What Wireshark says of TCP and UDP that feiqdump has under names of its own (what is wrong with a
# header), or has not: pieces of what other protocols' dissectors put together, whole connections of
# Multipath TCP, and what Wireshark's own names are for a field that feiqdump's tree nests otherwise.
NOT_OURS = re.compile(r"""
    tcp\.(segment_data|segments|segment|segment\.\w+|reassembled\.\w+|reassembled_in|pdu\.\w+)$
  | tcp\.(option\.len\.invalid|bogus_header_length|short_segment|nop|checksum_bad.*)$
  | tcp\.options\.scps\.binding\.\w+$
  | tcp\.(non_zero_bytes_after_eol|suboption_malformed)$
  | udp\.(length\.bad.*|checksum\.bad.*|checksum\.zero|possible_traceroute)$
  """, re.VERBOSE)


def not_ours(name):
    """May feiqdump lack this field of TCP or UDP?"""
    return bool(NOT_OURS.match(name))


def protocols(packet):
    return packet["frame.protocols"][0].split(":")


NUMBERED_ALONG = {"socks"}


class Before:
    """What tshark found in a capture up to a packet."""

    def __init__(self):
        self.protocols = set()
        self.hidden_streams = set()  # of segments behind layers that feiqdump does not know
        self.gaps = set()  # streams that lack bytes,
        self.lasting_gaps = set()  # and those in which they will not come any more

    def add(self, packet, hidden):
        self.protocols.update(protocols(packet))
        if hidden:
            self.hidden_streams |= streams(packet)
        if "tcp.analysis.lost_segment" in packet:
            self.gaps |= streams(packet)
        if "tcp.analysis.ack_lost_segment" in packet or (
                "1" in packet.get("tcp.flags.reset", []) and not self.gaps.isdisjoint(streams(packet))):
            self.lasting_gaps |= streams(packet)


def streams(packet):
    """The streams that a packet belongs to."""
    return {(name, number) for name in ("tcp.stream", "udp.stream")
            for number in packet.get(name, [])}


STREAM_TIMES = {"tcp.time_relative", "tcp.time_delta", "udp.time_relative", "udp.time_delta",
                "tcp.analysis.ack_rtt", "tcp.analysis.initial_rtt", "tcp.analysis.rto"}


def excused(name, capture, frame, theirs, before):
    """May this field's values differ in this packet? `before` is a Before of this packet."""
    if name == "frame.cap_len":
        # SunATM and its like begin with a pseudo-header that tshark takes off before it counts.
        return record_beyond_snapshot_length(capture, frame) or "atm" in protocols(theirs)
    if name == "frame.len":
        return "atm" in protocols(theirs)
    if name.startswith("frame.time"):
        return time_out_of_range(capture, {1, max(frame - 1, 1), frame})
    if name in STREAM_TIMES and time_out_of_range(capture, range(1, frame + 1)):
        return True
    if name in STREAM_TIMES or name.startswith("tcp.analysis") or name == "tcp.completeness":
        # An encapsulation that feiqdump does not open carried packets of the same stream.
        if not before.hidden_streams.isdisjoint(streams(theirs)):
            return True
    if name == "tcp.analysis.duplicate_ack":
        # Wireshark has two fields of this name, and adds both.
        return theirs[name] == ["", ""]
    if name in ("tcp.stream", "udp.stream"):
        # The dissectors of these make conversations of their own, which are numbered along.
        return bool(before.hidden_streams) or not NUMBERED_ALONG.isdisjoint(before.protocols)
    if name in ("feiq", "feiq.dir.junk"):
        # Bytes of a file: the plugin knows from the request whose they are, and gives them a layer;
        # feiqdump sees each segment by itself, so they are nothing, or stand before a header.
        return "feiq.transfer.request_in" in theirs
    if name == "feiq.dir" or name.startswith(("feiq.dir.", "feiq.file.")):
        # The stream of a folder that is encrypted: the plugin has the key from the request.
        return "feiq.transfer.cipher" in theirs
    if name in ("eth.trailer", "eth.padding_bad", "eth.fcs", "eth.fcs.status", "vlan.trailer", "ieee8021ah.trailer",
                "sll.trailer"):
        # tshark tries vendors' trailers on what is behind the payload: F5's matches many zeros,
        # VSS Monitoring's any 8 bytes and more that could be a time. XTP has a length of its own,
        # which leaves less to the trailer.
        return not {"f5ethtrailer", "vssmonitoring", "xtp"}.isdisjoint(protocols(theirs))
    if name.startswith("tcp.analysis") and theirs["frame.cap_len"] != theirs["frame.len"]:
        # Where the capture lacks options that tshark looks for, it ends before its analysis.
        return name not in theirs
    if name == "arp":
        # ATM's ARP (RFC 2225) has a header of its own, which tshark names as ARP's.
        return "atmarp" in protocols(theirs)
    if name.startswith("icmpv6.opt"):
        # tshark looks into the public key of a cryptographically generated address, and may end
        # there as malformed; feiqdump goes on behind it.
        return "icmpv6.opt.cga" in theirs and "_ws.malformed" in theirs
    if name == "tcp.options.sack.dsack_le":
        return "0" in theirs.get("tcp.options.sack.count", [])  # see stops_at_option
    if name.partition(".")[0] == "onehash":
        # Bytes that were acknowledged, but not captured, or whose sender gave up: Wireshark waits
        # for them for ever, where it puts segments in order; feiqdump goes on behind them.
        if not before.lasting_gaps.isdisjoint(streams(theirs)):
            return True
        # Bytes that claim the number of their connection's SYN: where Wireshark puts segments in
        # order, it takes the whole segment for a retransmission.
        if theirs.get("tcp.seq") == ["0"] and theirs.get("tcp.flags.syn") == ["0"]:
            return True
        # What a message lacks is not waited for where Wireshark found the segment's checksum wrong.
        return "0" in theirs.get("tcp.checksum.status", [])
    return False


def request_awaits_more(ours, theirs):
    """A FeiQ request over TCP that is not whole: the plugin waits for the next segment, feiqdump
    shows each segment as far as it goes."""
    unfinished = {"feiq.header.incomplete", "feiq.request.incomplete", "feiq.cipher.incomplete"}
    return ("tcp.len" in ours and "feiq" in ours and "feiq" not in theirs
            and len(ours["tcp.payload"][0]) + 1 == 3 * int(ours["tcp.len"][0])
            and ("feiq.additional" not in ours or not unfinished.isdisjoint(ours)))


def stops_at_option(theirs):
    """tshark 4.0 ends the packet as malformed at every Selective Negative Acknowledgment option of
    TCP, since it adds a 32-bit number as a field of 16; at most Selective Acknowledgment options
    without a whole block, since it reads the first all the same; at extended capabilities of SCPS
    that are cut, into which feiqdump does not look; and at a second option of Multipath TCP that
    joins a connection, where an assertion of its own fails."""
    return ("tcp.options.snack.offset" in theirs or "tcp.options.scps.binding.len" in theirs
            or protocols(theirs).count("mptcp") > 1
            or "0" in theirs.get("tcp.options.sack.count", []))


def excused_reading(complaint, ours, theirs):
    """May feiqdump have read another number of packets than tshark?"""
    # libpcap takes one link type and one snapshot length a pcapng file.
    return ours < theirs and "different from the" in complaint


def excused_capture(error):
    """May one of the two be unable to read this capture?"""
    # A link type that Wireshark 4.0 has no number for.
    return bool(re.search(r"network type \d+ unknown or unsupported", error))
