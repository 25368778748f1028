# SPDX-License-Identifier: GPL-2.0-or-later
"""What -z says of all packets, held against what their fields say one by one."""

import collections
import functools
import os
import re
import subprocess
import unittest

import frames
import shark

import field_reference

FIXED = ("-o", "onehash.framing:fixed", "-o", "onehash.block_size:128")
# What an ICMP error quotes was sent, and counted, before.
SENT = "not icmp and not icmpv6"
# Samples in which a second pass knows what the first cannot.
TWICE = ("chat", "directory", "file-transfer", "image-bitmap", "onehash-line", "quirks")
SAMPLES = os.path.join(shark.TREE, "samples")


def sample(name):
    return os.path.join(SAMPLES, name + ".pcapng")


def options_for(path):
    return FIXED if "onehash-fixed" in path else ()


def statistic(spec, path, *arguments):
    return shark.run("-q", "-n", "-z", spec, "-r", path, *options_for(path), *arguments)


@functools.lru_cache(maxsize=None)
def all_statistics(protocol, path, *passes):
    """The three of a protocol, by name, from one run."""
    users = "feiq,users,not gre" if protocol == "feiq" else "onehash,users"
    output = statistic(f"{protocol},tree", path, "-z", f"{protocol},srt", "-z", users, *passes)
    parts = re.split(r"\n={60,}\n(?=.*:\n)", output)
    found = {}
    for part in parts:
        for name, sign in (("tree", " messages:"), ("srt", "SRT Statistics:"), ("users", " users:")):
            if part.split("\n")[0].endswith(sign):
                found[name] = part
    assert len(found) == 3, output
    return found


@functools.lru_cache(maxsize=None)
def all_fields(protocol, path, *passes):
    """Of each frame that sends a message: by field the list of its values."""
    columns = ["frame.number"] + [name for name in field_names() if name.startswith(protocol)]
    rows = shark.fields(path, columns, "-Y", f"{protocol} and {SENT}", *options_for(path), *passes)
    return [dict(zip(columns, row)) for row in rows]


@functools.lru_cache(maxsize=None)
def runs(protocol):
    """Samples with the protocol in them, each in one pass, and some in two."""
    single = [(path,) for path in shark.samples() if all_fields(protocol, path)]
    return single + [(path, "-2") for (path,) in single if os.path.basename(path).split(".")[0] in TWICE]


def tree(output):
    """By heading: [its count, the counts beneath it by label]."""
    headings = {}
    current = None
    for line in output.splitlines():
        found = re.match(r"( *)(\S.*?) {2,}(\d+) {2,}", line)
        if not found:
            continue
        if found[1] == "":
            current = headings[found[2]] = [int(found[3]), {}]
        else:
            current[1][found[2]] = int(found[3])
    return headings


def response_times(output):
    """By row: number of calls, and least, greatest and all time in microseconds."""
    rows = {}
    for line in output.splitlines():
        found = re.match(r" *\d+ {2}(\S.*?) +(\d+) +([\d.]+) +([\d.]+) +[\d.]+ +([\d.]+)$", line)
        if found:
            times = [round(float(found[group]) * 1e6) for group in (3, 4, 5)]
            rows[found[1]] = (int(found[2]), *times)
    return rows


def table(output):
    """Rows of cells."""
    lines = [line for line in output.splitlines() if line.endswith(" |")]
    return [[cell.strip() for cell in line[:-2].split("|")] for line in lines[1:]]


@functools.lru_cache(maxsize=None)
def field_names():
    return [line.split("\t")[2] for line in shark.run("-G", "fields").splitlines()
            if re.match(r"F\t.*\t(feiq|onehash)\.", line)]


@functools.lru_cache(maxsize=None)
def value_names(field):
    """What `tshark -G values` calls a field's values."""
    lines = [line.split("\t") for line in all_values() if line.startswith(f"V\t{field}\t")]
    return {int(value, 0): label for _, _, value, label in lines}


@functools.lru_cache(maxsize=None)
def all_values():
    return shark.run("-G", "values").splitlines()


@functools.lru_cache(maxsize=None)
def remark_names():
    """The expert items."""
    found = set(field_reference.severities())
    assert len(found) > 40
    return found


class Case(unittest.TestCase):
    def each(self, protocol, check):
        """Check each run: the statistics, the fields by frame, the path and what else tshark was told."""
        for path, *passes in runs(protocol):
            with self.subTest(sample=os.path.basename(path), passes=len(passes) + 1):
                check(all_statistics(protocol, path, *passes), all_fields(protocol, path, *passes), path)


class Trees(Case):
    HEADINGS = {
        "feiq": [("Commands", "feiq.command", True), ("Programs", "feiq.vendor", False),
                 ("Encodings of bodies", "feiq.encoding", False),
                 ("Encodings of headers", "feiq.header.encoding", False)],
        "onehash": [("Kinds", "onehash.kind", False), ("Replies by status", "onehash.status", True),
                    ("Services", "onehash.service", False), ("Framings", "onehash.framing", False),
                    ("Encodings", "onehash.encoding", False)]}

    def counted(self, rows, field, numbered):
        """Messages by value of a field, as the tree labels them."""
        counts = collections.Counter()
        for value in (value for row in rows for value in row[field]):
            name = value_names(field).get(int(value, 0), "unknown")
            counts[f"{name} ({value})" if numbered else name] += 1
        return counts

    def test_numbers_by_name(self):
        for protocol, headings in self.HEADINGS.items():
            def check(statistics, rows, _, headings=headings):
                shown = tree(statistics["tree"])
                for heading, field, numbered in headings:
                    expected = self.counted(rows, field, numbered)
                    self.assertEqual(shown[heading], [sum(expected.values()), dict(expected)])
            self.each(protocol, check)

    def has_any(self, rows, columns, holds):
        """Frames that have any of the columns, and how many have each."""
        held = [{name for name in columns if any(map(holds, row[name]))} for row in rows]
        return sum(map(bool, held)), dict(collections.Counter(name for names in held for name in names))

    def by_field(self, labels):
        return {re.search(r"\(([\w.]+)\)$", label)[1]: count for label, count in labels.items()}

    def test_options(self):
        columns = [name for name in field_names()
                   if name.startswith("feiq.option.") and name not in remark_names()]

        def check(statistics, rows, _):
            count, labels = tree(statistics["tree"])["Messages with options"]
            self.assertEqual((count, self.by_field(labels)), self.has_any(
                rows, columns, lambda value: value == "True" or (value != "False" and int(value, 0) != 0)))
        self.each("feiq", check)

    def test_remarks(self):
        """Each of these frames has one message."""
        for protocol, heading in (("feiq", "Packets with remarks"), ("onehash", "Messages with remarks")):
            columns = [name for name in remark_names() if name.startswith(protocol)]
            seen = set()

            def check(statistics, rows, _, heading=heading, columns=columns, seen=seen):
                count, labels = tree(statistics["tree"])[heading]
                expected = self.has_any(rows, columns, lambda value: True)
                self.assertEqual((count, self.by_field(labels)), expected)
                seen.update(expected[1])
            self.each(protocol, check)
            self.assertGreater(len(seen), {"feiq": 20, "onehash": 0}[protocol])

    def test_titles(self):
        _, labels = tree(statistic("feiq,tree", sample("chat")))["Messages with options"]
        self.assertEqual(labels["Wants acknowledgement (feiq.option.sendcheck)"], 4)

    def test_operations(self):
        """Where a frame has one message, it is known which kind and operation go together."""
        def check(statistics, rows, _):
            count, labels = tree(statistics["tree"])["Operations"]
            kinds, operations = value_names("onehash.kind"), value_names("onehash.operation")
            self.assertEqual(count, sum(len(row["onehash.operation"]) for row in rows))
            alone = collections.Counter(
                f"{operations[int(row['onehash.operation'][0])]}: {kinds[int(row['onehash.kind'][0])]}"
                for row in rows if len(row["onehash.kind"]) == len(row["onehash.operation"]) == 1)
            self.assertLessEqual(set(alone), set(labels))
            self.assertTrue(all(labels[label] >= number for label, number in alone.items()))
        self.each("onehash", check)

    def test_sticky_messages(self):
        def check(statistics, rows, _):
            shown = tree(statistics["tree"])
            for heading, field in (("Messages by segments they lie over (拆包)", "onehash.segments"),
                                   ("Messages by messages in their segment (粘包)", "onehash.pdus_in_segment")):
                expected = collections.Counter(value for row in rows for value in row[field])
                self.assertEqual(shown[heading], [sum(expected.values()), dict(expected)])
        self.each("onehash", check)


class ResponseTimes(Case):
    def expected(self, rows):
        """By name of what was asked: calls, least, greatest and all time in microseconds."""
        asked = {row["frame.number"][0]: row["feiq.command"] for row in rows}
        times = collections.defaultdict(list)
        for row in rows:
            if row["feiq.retransmission_of"] or row["feiq.duplicate_of"]:
                continue
            for request, span in zip(row["feiq.response_to"] or row["feiq.transfer.request_in"], row["feiq.time"]):
                [command] = asked[request]
                name = value_names("feiq.command")[int(command, 0)]
                times[name].append(round(float(span) * 1e6))
        return {name: (len(spans), min(spans), max(spans), sum(spans)) for name, spans in times.items()}

    def test_feiq(self):
        seen = set()

        def check(statistics, rows, _):
            expected = self.expected(rows)
            self.assertEqual(response_times(statistics["srt"]), expected)
            seen.update(expected)
        self.each("feiq", check)
        self.assertLessEqual({"BR_ENTRY", "SENDMSG", "READMSG", "GETINFO", "GETPUBKEY", "SENDIMAGE", "KNOCK",
                              "GETFILEDATA", "GETDIRFILES"}, seen)

    def test_onehash(self):
        def check(statistics, rows, _):
            shown = response_times(statistics["srt"]).values()
            spans = [round(float(span) * 1e6) for row in rows for span in row["onehash.time"]]
            self.assertEqual((sum(row[0] for row in shown), sum(row[3] for row in shown)), (len(spans), sum(spans)))
        self.each("onehash", check)

    def test_operations_of_onehash(self):
        """Two requests in one frame, answered in one frame, after 40 ms each; one has no known code."""
        spans = (40000, 40000)
        self.assertEqual(response_times(statistic("onehash,srt", sample("onehash-line"))), {
            "unknown": (1, *spans, 40000), "shut down": (1, *spans, 40000),
            "process list": (2, *spans, 80000), "kill": (2, *spans, 80000), "log in": (1, *spans, 40000),
            "log out": (1, *spans, 40000), "message": (2, *spans, 80000)})


class FeiqUsers(Case):
    @unittest.skipUnless(os.path.exists(os.environ.get("FEIQDUMP", "")), "feiqdump is not built")
    def test_as_feiqdump_has_them(self):
        """Tunnels through GRE, which feiqdump does not take apart, are left out."""
        feiqdump = os.environ["FEIQDUMP"]
        numbers = []

        def check(statistics, _, path):
            done = subprocess.run([feiqdump, "-q", "-z", "users", path], capture_output=True, check=True)
            expected = [" ".join(line.split()) for line in done.stdout.decode("utf-8").splitlines()[2:]]
            self.assertEqual([" ".join(" ".join(row).split()) for row in table(statistics["users"])], expected)
            numbers.append(len(expected))
        self.each("feiq", check)
        self.assertGreater(max(numbers), 5)

    def test_as_the_fields_say(self):
        columns = ["ip.src", "feiq.user", "frame.time_relative", "feiq.nick"]
        users = {}
        for source, user, time, nick in shark.fields(sample("presence"), columns, "-Y", "feiq"):
            row = users.setdefault((source[0], user[0]), [time[0], None, 0, ""])
            row[1:] = [time[0], row[2] + 1, nick[0] if nick and nick[0] else row[3]]
        rows = table(statistic("feiq,users", sample("presence")))
        shown = {(row[4], row[1]): [row[7], row[8], int(row[9]), row[0]] for row in rows}
        expected = {key: [f"{float(first):.6f}", f"{float(last):.6f}", count, nick]
                    for key, (first, last, count, nick) in users.items()}
        self.assertEqual(shown, expected)
        self.assertEqual([row[10] for row in rows], ["left (BR_EXIT)", "left (BR_EXIT)"])

    def test_filter(self):
        rows = table(statistic("feiq,users,ip.src == 192.168.1.44", sample("presence")))
        self.assertEqual([row[4] for row in rows], ["192.168.1.44"])

    def test_more_users_than_there_is_room_for(self):
        def entry(number):
            payload = f"1:{number}:user{number}:host:1:nick".encode() + b"\0"
            return frames.udp(payload, 2425, 2425, "10.0.0.1", "10.0.0.2")
        path = shark.capture([entry(number) for number in range(65536 + 3)] + [entry(7)])
        rows = table(statistic("feiq,users", path))
        self.assertEqual(len(rows), 65537)
        self.assertEqual((rows[-1][0], rows[-1][9]), ("(more users)", "3"))
        self.assertEqual((rows[7][1], rows[7][9]), ("user7", "2"))


class OnehashUsers(unittest.TestCase):
    FRAMINGS = ("line", "length", "fixed", "bare")

    def test_who_logs_in_and_who_is_told_of(self):
        for framing in self.FRAMINGS:
            for passes in ((), ("-2",)):
                with self.subTest(framing=framing, passes=len(passes) + 1):
                    rows = table(statistic("onehash,users", sample(f"onehash-{framing}"), *passes))
                    own = [row for row in rows if row[0] == "小明"]
                    told = [row for row in rows if row[0] == "小红"]
                    self.assertEqual([(row[1], row[2], row[5], row[6]) for row in own],
                                     [("192.168.1.21:40002", "192.168.1.5:12425", "4", "logged out")])
                    self.assertEqual([(row[1], row[6]) for row in told], [("", "went offline (by an event)")])
                    listed = {row[0] for row in rows if row[6] == "there (listed)"}
                    # A bare reply does not say whether it is a list or a refusal.
                    self.assertEqual(listed, set() if framing == "bare" else {"admin", "win8"})

    def talk(self, *messages):
        """A capture of lines, each from a client's port or, if that is negative, to it."""
        sequence = collections.Counter()
        contents = []
        for port, text in messages:
            client, server = ("10.0.0.1", abs(port)), ("10.0.0.5", 12425)
            source, destination = (client, server) if port > 0 else (server, client)
            data = text.encode() + b"\n"
            contents.append(frames.tcp(data, source[1], destination[1], 1 + sequence[port], 1 + sequence[-port],
                                       source=source[0], destination=destination[0]))
            sequence[port] += len(data)
        return table(statistic("onehash,users", shark.capture(contents)))

    def test_a_name_that_is_taken(self):
        rows = self.talk((50001, "1#1#ann"), (-50001, "2#1#0#1\nann"), (50002, "1#1#ann"),
                         (-50002, "2#1#6#1\nname taken"), (50001, "1#3#*#hello"), (-50001, "2#3#0#0"))
        self.assertEqual([(row[0], row[1], row[5], row[6]) for row in rows],
                         [("ann", "10.0.0.1:50001", "2", "logged in")])

    def test_a_log_in_that_is_refused_and_one_without_a_reply(self):
        rows = self.talk((50001, "1#1#bad name"), (-50001, "2#1#2#1\nbad argument"), (50002, "1#1"))
        self.assertEqual([(row[0], row[6]) for row in rows],
                         [("bad name", "log-in refused"), ("10.0.0.1:50002", "asks to log in")])

    def test_events_tell_of_others(self):
        rows = self.talk((50001, "1#1#ann"), (-50001, "2#1#0#1\nann"), (-50001, "3#1#bob"), (-50001, "3#3#cid#hi"),
                         (-50001, "3#2#bob"), (-50001, "3#3#bob#again"), (-50001, "3#2#ann"))
        self.assertEqual([(row[0], row[6]) for row in rows],
                         [("ann", "went offline (by an event)"), ("bob", "there (seen talking)"),
                          ("cid", "there (seen talking)")])

    def test_the_list_of_users(self):
        rows = self.talk((50001, "1#11"), (-50001, "2#11#0#2\nchat ann\nfeiq 王芳"))
        self.assertEqual([(row[0], row[6]) for row in rows],
                         [("ann", "there (listed)"), ("王芳", "there (listed)")])


if __name__ == "__main__":
    shark.main()
