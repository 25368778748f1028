#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""feiqdump against tshark, packet by packet and text for text.

    differential.py [--plugins DIR] [--verify-checksums] --feiqdump PROGRAM CAPTURE-OR-FOLDER…

    differential.py … --random COUNT [--seed N]
    differential.py … --frames FILE

compares packets that random_packets.py makes up instead, or the frames of a list. For each capture:
every field that feiqdump's JSON has must have the same list of values as tshark's under that name; no
layer that feiqdump knows, and no feiq.* or onehash.* field, may be missing on either side. What may differ, and why, is
reasons.py: field by field.

Fields named feiscope.* are feiqdump's own, those of dissector/linked_fields.def the plugin's own;
neither is compared. Exit status 77: nothing to compare.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

import connections
import cuts
import reasons

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import keys  # noqa: E402 (of the folder above)
import linked  # noqa: E402

TSHARK = HERE.parent / "tshark"
SKIPPED = 77
SEGMENTS = 1500  # of a capture of connections.py

# The layers that feiqdump knows, as tshark names them.
KNOWN = ("frame pkt_comment eth llc vlan ieee8021ad sll null raw arp ip ipv6 ah icmp icmpv6 udp "
         "udplite tcp feiq onehash").split()
OWN = re.compile(r"(feiq|onehash)(\.|$)")
SAID = re.compile("forgotten to make room| of 1#n |tcp.reassemble_out_of_order")
# feiqdump puts segments in order unless it is told not to; Wireshark has to be told to.
ORDERED = ["-o", "tcp.reassemble_out_of_order:TRUE"]
TRANSPORT = re.compile(r"(tcp|udp)\.")  # all that tshark says of these must be there, see reasons.py

Difference = collections.namedtuple("Difference", "capture frame field ours theirs protocols")


class Unusable(Exception):
    """One of the two programs failed, so there is nothing to compare."""


class NoCapture(Exception):
    """The file is no capture, as one of the two programs says."""


def run(command, environment):
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)


def environment():
    return {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def read_feiqdump(program, capture, verify, options=()):
    """Packets as dictionaries of lists, and what feiqdump complained about ("" if nothing)."""
    command = [program, *options, "-T", "json", *keys.ALL, "-r", capture]
    if verify:
        command.insert(1, "--verify-checksums")
    done = run(command, environment())
    complaint = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == 2 and "unknown file format" in complaint:
        raise NoCapture
    if done.returncode not in (0, 1, 3):
        raise Unusable(f"feiqdump: status {done.returncode}: {complaint}")
    # What was forgotten, or could not be read, is said, and is no failure.
    complaint = "\n".join(line for line in complaint.splitlines()
                          if line.startswith("feiqdump") and not SAID.search(line))
    if (done.returncode == 3) != bool(complaint):
        raise Unusable(f"feiqdump: status {done.returncode}, yet it says: {complaint!r}")
    packets = []
    for line in done.stdout.decode("utf-8").splitlines():
        pairs = json.loads(line, object_pairs_hook=list)
        packet = {key: value if isinstance(value, list) else [value] for key, value in pairs}
        if len(packet) != len(pairs):
            raise Unusable(f"feiqdump: a key twice in {line[:200]}")
        packets.append(packet)
    return packets, complaint


def flatten(pairs, packet):
    """Append tshark's fields, in the order of its tree, to a dictionary of lists."""
    for key, value in pairs:
        children = isinstance(value, list) and (not value or isinstance(value[0], tuple))
        if children and key.endswith("_tree"):
            flatten(value, packet)  # of the field before, whose value stands there
        elif children:
            packet[key].append("")
            flatten(value, packet)
        elif key in KNOWN or key in reasons.ALSO_READ:
            packet[key].append("")  # a layer without fields has its title in place of a value
        else:
            packet[key].append(value)


def read_tshark(plugins, capture, verify, options=()):
    command = [TSHARK, "--checked", "-n", "-T", "json", "-J",
               " ".join(KNOWN + reasons.ALSO_READ), *keys.ALL, "-r", capture, *ORDERED, *options]
    if plugins:
        command[1:1] = ["--plugins", plugins]
    if verify:
        for protocol in ("ip", "udp", "tcp"):
            command += ["-o", f"{protocol}.check_checksum:TRUE"]
    done = run(command, environment())
    text = done.stdout.decode("utf-8", "replace").strip()
    if not text:
        if b"isn't a capture file" in done.stderr:
            raise NoCapture
        if done.returncode == 0:
            return []
        raise Unusable("tshark: " + done.stderr.decode("utf-8", "replace").strip())
    if not text.endswith("]"):  # tshark leaves its list open when the file is damaged
        text += "]"
    packets = []
    for pairs in json.loads(text, object_pairs_hook=lambda pairs: pairs):
        packet = collections.defaultdict(list)
        source = dict(pairs)["_source"]
        flatten(dict(source)["layers"], packet)
        packets.append(packet)
    return packets


def hidden_layers(packet):
    """Does tshark look into an encapsulation that feiqdump does not know? Then it has more layers,
    behind the others."""
    protocols = packet["frame.protocols"][0].split(":")
    if not {"swipe", "teredo"}.isdisjoint(protocols):  # both take their payload for IP, whatever it is
        return True
    unknown = False
    for protocol in protocols:
        if protocol in KNOWN or protocol in reasons.ALSO_READ:
            if unknown:
                return True
        elif protocol != "ethertype" and not protocol.startswith("ipv6."):
            unknown = True
    return False


def same(ours, theirs, prefix, stopped):
    return (ours == theirs or (prefix and ours == theirs[:len(ours)])
            or (stopped and theirs == ours[:len(theirs)]))


def compare_packet(ours, theirs, capture, frame, before):
    """Yields (field, our values, their values) for each difference that has no reason."""
    prefix = hidden_layers(theirs)
    stopped = reasons.stops_at_option(theirs)
    awaits = reasons.request_awaits_more(ours, theirs)
    names = [name for name in ours if not name.startswith("feiscope")]
    names += [name for name in KNOWN if name in theirs and name not in ours]
    names += [name for name in theirs
              if OWN.match(name) and name not in ours and name not in linked.NAMES]
    names += [name for name in theirs
              if TRANSPORT.match(name) and name not in ours and not reasons.not_ours(name)]
    for name in dict.fromkeys(names):
        mine = ours.get(name, [])
        other = theirs.get(name, [])
        if awaits and OWN.match(name):
            continue
        if not (same(mine, other, prefix, stopped)
                or reasons.excused(name, capture, frame, theirs, before)):
            yield name, mine, other


def compare(capture, feiqdump, plugins, verify):
    """The differences in one capture, the number of packets and of fields compared."""
    try:
        ours, complaint = read_feiqdump(feiqdump, capture, verify)
    except NoCapture:
        ours = None
    try:
        theirs = read_tshark(plugins, capture, verify)
    except NoCapture:
        theirs = None
    if ours is None or theirs is None:
        if ours is not theirs:
            raise Unusable("only one of the two takes it for a capture")
        return [], 0, 0
    differences = []
    fields = 0
    before = reasons.Before()
    for number, (mine, other) in enumerate(zip(ours, theirs), 1):
        fields += len(mine)
        before.add(other, hidden_layers(other))
        for field, a, b in compare_packet(mine, other, capture, number, before):
            differences.append(Difference(capture, number, field, a, b,
                                          other["frame.protocols"][0]))
    if len(ours) != len(theirs) and not reasons.excused_reading(complaint, len(ours), len(theirs)):
        differences.append(Difference(capture, 0, "packets", [str(len(ours)), complaint],
                                      [str(len(theirs))], ""))
    return differences, len(ours), fields


def captures_in(places):
    for place in map(pathlib.Path, places):
        if place.is_dir():
            yield from (str(p) for p in sorted(place.iterdir())
                        if re.search(r"\.(pcap|pcapng|cap)$", p.name))
        else:
            yield str(place)


def shown(values):
    text = json.dumps(values, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"


def report(differences, most):
    for d in differences[:most]:
        print(f"{d.capture}: frame {d.frame} ({d.protocols}): {d.field}\n"
              f"    feiqdump {shown(d.ours)}\n    tshark   {shown(d.theirs)}")
    if len(differences) > most:
        print(f"… and {len(differences) - most} more")
    for field, count in collections.Counter(d.field for d in differences).most_common():
        files = {d.capture for d in differences if d.field == field}
        print(f"{count:6} packets, {len(files):3} captures differ in {field}")


def check_plugin(plugins):
    command = [TSHARK] + (["--plugins", plugins] if plugins else []) + ["-v"]
    done = run(command, environment())
    if done.returncode != 0:
        sys.exit(done.stderr.decode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feiqdump", required=True)
    parser.add_argument("--plugins", help="folder of the plugin, for tests/tshark")
    parser.add_argument("--environment", metavar="NAME",
                        help="skip the test unless this variable names a folder; captures are "
                             "relative to it")
    parser.add_argument("--cuts", action="store_true",
                        help="compare every beginning of the captures' packets instead")
    parser.add_argument("--verify-checksums", action="store_true",
                        help="let both check the checksums of IP, UDP and TCP")
    parser.add_argument("--most", type=int, default=40, help="differences to show")
    parser.add_argument("--only", metavar="PATTERN", default="", help="fields to show")
    parser.add_argument("--random", metavar="COUNT", type=random_count, default=0,
                        help="compare so many packets of random_packets.py instead; $NAME: as many "
                             "as this variable says, or skip the test")
    parser.add_argument("--seed", type=int, default=1, help="of --random")
    parser.add_argument("--connections", metavar="COUNT", type=int, default=0,
                        help="compare so many captures of connections.py instead")
    parser.add_argument("--frames", metavar="FILE",
                        help="compare the frames of this list instead: odd_frames.txt")
    parser.add_argument("captures", nargs="*")
    arguments = parser.parse_args()
    if arguments.random is None:
        print("Skipped: nobody says how many random packets to compare")
        return SKIPPED
    places = arguments.captures
    if arguments.environment:
        root = os.environ.get(arguments.environment, "")
        if not os.path.isdir(root):
            print(f"Skipped: ${arguments.environment} names no folder of captures")
            return SKIPPED
        places = [os.path.join(root, place) for place in places]
    captures = list(captures_in(places))
    made_up = arguments.random or arguments.connections or arguments.frames
    if not captures and not made_up:
        print("no captures in " + " ".join(places))
        return 1
    check_plugin(arguments.plugins)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # tests/tshark reads it as nobody
        if arguments.random:
            if not make_random_captures(arguments.seed, arguments.random, folder):
                print("Skipped: no python3 has scapy (Debian: python3-scapy)")
                return SKIPPED
            captures = list(captures_in([folder]))
        if arguments.connections:
            captures = [os.path.join(folder, f"connections-{i}.pcap")
                        for i in range(arguments.connections)]
            for i, capture in enumerate(captures):
                connections.write(capture, i, SEGMENTS)
        if arguments.frames:
            captures = write_frames(arguments.frames, folder)
        if arguments.cuts:
            captures = [cut_capture(capture, folder) for capture in captures]
        return compare_all(captures, arguments)


def random_count(text):
    """A number of packets; None if a variable that is to say it is not set."""
    if text.startswith("$"):
        text = os.environ.get(text[1:])
    return None if text is None else int(text)


def make_random_captures(seed, count, folder):
    """False if there is no scapy. Debian's is Debian's python3's."""
    for python in dict.fromkeys(["/usr/bin/python3", sys.executable]):
        if run([python, "-c", "import scapy.all"], environment()).returncode == 0:
            done = run([python, HERE / "random_packets.py", str(seed), str(count), folder],
                       environment())
            if done.returncode != 0:
                sys.exit(done.stderr.decode())
            return True
    return False


def write_frames(path, folder):
    """A capture a link type of the frames that a text file lists: link type, length, bytes."""
    captures = collections.defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                linktype, length, data = line.split()
                captures[int(linktype)].append((int(length), bytes.fromhex(data)))
    for linktype, frames in captures.items():
        with open(os.path.join(folder, f"linktype-{linktype}.pcap"), "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, linktype))
            for second, (length, data) in enumerate(frames):
                file.write(struct.pack("<IIII", 1500000000 + second, 0, len(data), length) + data)
    return list(captures_in([folder]))


def cut_capture(capture, folder):
    cut = os.path.join(folder, os.path.basename(capture) + ".cuts.pcap")
    cuts.write(capture, cut)
    return cut


def compare_all(captures, arguments):
    differences, packets, fields, unusable = [], 0, 0, []
    with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
        jobs = {c: pool.submit(compare, c, arguments.feiqdump, arguments.plugins,
                               arguments.verify_checksums)
                for c in captures}
        for capture, job in jobs.items():
            try:
                found, n, f = job.result()
            except Unusable as error:
                if not reasons.excused_capture(str(error)):
                    unusable.append(f"{capture}: {error}")
                continue
            differences += found
            packets += n
            fields += f
    differences = [d for d in differences if re.match(arguments.only, d.field)]
    report(differences, arguments.most)
    for line in unusable:
        print(line)
    print(f"{len(captures)} captures, {packets} packets, {fields} fields compared: "
          f"{len(differences)} differences")
    return 1 if differences or unusable or packets == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
