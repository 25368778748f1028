# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture of every beginning of some packets: once as if the snapshot length had cut them, once
as if no more had been sent."""

import struct

MOST_PACKETS = 30  # of a capture; the first of each length and each kind
MOST_BYTES = 150   # of a packet: beyond its headers a cut says nothing new

SERVICES = [struct.pack("!H", port) for port in (2425, 12425, 12426)]

PCAP = "IHHiIII"
RECORD = "<IIII"


def _read_pcap(data):
    order = "<" if data[0] in (0xD4, 0x4D) else ">"
    linktype = struct.unpack(order + "I", data[20:24])[0]
    at = 24
    while at + 16 <= len(data):
        captured, length = struct.unpack(order + "8xII", data[at:at + 16])
        yield linktype, data[at + 16:at + 16 + captured], length
        at += 16 + captured


def _read_pcapng(data):
    order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    linktypes, at = [], 0
    while at + 12 <= len(data):
        kind, total = struct.unpack(order + "II", data[at:at + 8])
        body = data[at + 8:at + total - 4]
        if kind == 1:  # interface description
            linktypes.append(struct.unpack(order + "H", body[:2])[0])
        elif kind == 6:  # enhanced packet
            interface, captured, length = struct.unpack(order + "I8xII", body[:20])
            yield linktypes[interface], body[20:20 + captured], length
        at += total


def read(capture):
    """Yields (link type, bytes, length on the wire)."""
    with open(capture, "rb") as file:
        data = file.read()
    return (_read_pcapng if data[:4] == b"\x0a\x0d\x0d\x0a" else _read_pcap)(data)


def ipv4_at(data, linktype):
    """Where an IPv4 header begins; None if there is none."""
    places = {1: (14, 12), 113: (16, 14), 276: (20, 0)}  # link type: header's length, its type's place
    at, kind = places.get(linktype, (4 if linktype in (0, 108) else 0, None))
    if kind is not None and data[kind:kind + 2] != b"\x08\0":
        return None
    return at if data[at:at + 1] and data[at] >> 4 == 4 else None


def own_connection(data, linktype, number):
    """The packet with another port of the client's, if it is TCP over IPv4: so that no cut is taken
    for a segment that came before."""
    at = ipv4_at(data, linktype)
    if at is None or data[at + 9:at + 10] != b"\6":
        return data
    at += 4 * (data[at] & 15)
    client = at + 2 if data[at:at + 2] in SERVICES else at
    return data[:client] + struct.pack("!H", 20000 + number % 40000) + data[client + 2:]


def write(capture, destination):
    """Write the cuts of a capture; returns how many."""
    seen, records, linktype = set(), [], 0
    for linktype, data, length in read(capture):
        kind = (len(data), data[12:24])
        if kind in seen or len(seen) == MOST_PACKETS:
            continue
        seen.add(kind)
        for cut in range(min(len(data), MOST_BYTES)):
            for on_wire in (length, cut):
                own = own_connection(data, linktype, len(records))
                records.append(struct.pack(RECORD, 1500000000, 0, cut, on_wire) + own[:cut])
    with open(destination, "wb") as file:
        file.write(struct.pack("<" + PCAP, 0xA1B2C3D4, 2, 4, 0, 0, 262144, linktype))
        file.writelines(records)
    return len(records)
