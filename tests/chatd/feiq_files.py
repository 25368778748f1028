# SPDX-License-Identifier: GPL-2.0-or-later
"""A FeiQ user's side of files: what it offers and serves over TCP, and what it fetches. Written
from the protocol's description, without chatd's code."""
import select
import socket
import threading

GETFILEDATA, RELEASEFILES, GETDIRFILES = 0x60, 0x61, 0x62
FILEATTACH = 0x200000
FILE, FOLDER, PARENT = 1, 2, 3


def offered(datagram, encoding="gbk"):
    """The files of a SENDMSG: (id, name, size, time, type)."""
    files = []
    for entry in datagram.body.split(b"\0")[1].split(b"\a"):
        parts = entry.replace(b"::", b"\1").split(b":")
        if len(parts) >= 5:
            files.append((int(parts[0]), parts[1].replace(b"\1", b":").decode(encoding),
                          int(parts[2], 16), int(parts[3], 16), int(parts[4], 16) & 0xff))
    return files


def file_list(*files, encoding="gbk"):
    """The list behind a message's text; files are (id, name, size, type)."""
    return b"".join(f"{number}:{name.replace(':', '::')}:{size:x}:59bbf8db:{kind:x}:\a".encode(encoding)
                    for number, name, size, kind in files) + b"\0"


def entry(name, size=0, kind=FILE, encoding="gbk"):
    """One header of a folder's stream."""
    rest = f":{name.replace(':', '::')}:{size:09x}:{kind:x}:".encode(encoding)
    return f"{4 + len(rest):04x}".encode() + rest


def folder_stream(name, tree, encoding="gbk"):
    """A folder's stream; tree: {name: bytes or another tree}."""
    stream = entry(name, 0, FOLDER, encoding)
    for each, content in tree.items():
        if isinstance(content, dict):
            stream += folder_stream(each, content, encoding)
        else:
            stream += entry(each, len(content), FILE, encoding) + content
    return stream + entry(".", 0, PARENT)


def read_folder(stream, encoding="gbk"):
    """(name, tree) of a folder's stream."""
    at, stack, root = 0, [], None
    while root is None or stack:
        length = int(stream[at:at + 4], 16)
        _, name, size, kind = stream[at:at + length].replace(b"::", b"\1").split(b":")[:4]
        assert stream[at + length - 1:at + length] == b":", stream[at:at + length]
        name, size, kind = name.replace(b"\1", b":").decode(encoding), int(size, 16), int(kind, 16)
        at += length
        if kind == FOLDER:
            tree = {}
            if stack:
                stack[-1][name] = tree
            else:
                root = (name, tree)
            stack.append(tree)
        elif kind == PARENT:
            stack.pop()
        else:
            stack[-1][name] = stream[at:at + size]
            at += size
    assert at == len(stream), "bytes follow the folder"
    return root


class FileServer:
    """Serves on TCP at a peer's address and port. `answer` is handed the request, split at its
    colons, and the connection; it sends what it likes, then the connection is closed."""

    def __init__(self, peer, answer):
        self.family = socket.AF_INET6 if ":" in peer.address else socket.AF_INET
        self.socket = socket.socket(self.family, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((peer.address, peer.port))
        self.socket.listen(8)
        self.answer = answer
        self.requests = []
        self.running = True
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while self.running:
            if not select.select([self.socket], [], [], 0.05)[0]:
                continue
            connection, _ = self.socket.accept()
            with connection:
                connection.settimeout(5)
                data = b""
                while not data.endswith(b"\0"):
                    more = connection.recv(4096)
                    if not more:
                        break
                    data += more
                head = data.rstrip(b"\0").split(b":", 5)
                if len(head) < 6:
                    continue  # who asked was killed before
                request = self.read_request(head)
                self.requests.append(request)
                try:
                    self.answer(request, connection)
                except OSError:
                    pass

    def read_request(self, head):
        """[command, numbers…] of a request's six parts."""
        return [int(head[4]) & 0xff] + [int(part, 16) for part in head[5].split(b":") if part]

    def close(self):
        self.running = False
        self.thread.join()
        self.socket.close()


def fetch(peer, request, seconds=10, stop_after=None):
    """Ask the daemon for a file or folder; the bytes until it closes. The request is (command,
    numbers…), or bytes as they are."""
    node = peer.node
    family = socket.AF_INET6 if ":" in node[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.bind((peer.address, 0))
        connection.settimeout(seconds)
        connection.connect(node[:2])
        if not isinstance(request, bytes):
            command, *numbers = request
            peer.number += 1
            request = (f"{peer.version}:{peer.number}:{peer.user}:{peer.host}:{command}:"
                       + "".join(f"{number:x}:" for number in numbers)).encode() + b"\0"
        connection.sendall(request)
        data = bytearray()
        while stop_after is None or len(data) < stop_after:
            try:
                more = connection.recv(65536 if stop_after is None else stop_after - len(data))
            except ConnectionResetError:
                break
            if not more:
                break
            data += more
        return bytes(data)
