#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Record a session of chatd with iptux's engine and a client with FeiQ's behaviour, which is
tests/chatd/feiq_peer.py, as samples/chatd-and-peers.pcap has it; or one of chatctl with chatd, as
samples/chatctl-files.pcap has it; or one of chatd with iptux, driven through its windows, as
samples/iptux-windows.pcap has it:

    CHATD=… CHATCTL=… FEIQDUMP=… IPTUX_PEER=… record.py peers|chatctl|windows FILE.pcap

Needs root, as test_iptux.py does."""
import ctypes
import os
import socket
import subprocess
import sys
import threading
import time

import test_iptux as lab
from network import Capture

sys.path.insert(0, os.path.join(lab.HERE, "..", "..", "samples"))
import feiq_files as files  # noqa: E402
import feiq_peer as feiq  # noqa: E402
from generator import cipher, picture  # noqa: E402

GROUP = "226.81.9.8"
CHATD = ("10.77.0.1", 2425)
LETTER = "项目说明\n一、目标\n二、进度\n三、风险\n".encode() * 12
TREE = {"说明.txt": "你好，这里是资料。\n".encode(), "照片": {"头像.jpg": picture.face(), "空": {}}}
BACK = {"回复.txt": "收到，谢谢！\n".encode(), "数据": {"表:一.csv": b"a,b\n1,2\n" * 20}}


def within(number, function):
    """Call a function in a host's network; its sockets stay there."""
    result = []

    def run():
        with open(f"/run/netns/{lab.network.host(number)}", "rb") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        result.append(function())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return result[0]


class Wang(feiq.Peer):
    """On host 3; its TCP connections are from there, too."""

    def __init__(self):
        super().__init__("10.77.0.3", 2425, user="wang", host="WANG-PC", nick="小王")
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.number = int(time.time())
        self.node = CHATD

    def fetch(self, request, stop_after=None):
        return within(lab.GBK_HOST, lambda: files.fetch(self, request, stop_after=stop_after))


def upload(alice, to, kind, name, content):
    number = alice.ask(f"1#17#{to}#{kind}#{len(content)}#1505491163#{name}")[1][0].split(" ")[0]
    for at in range(0, len(content), 45000):
        piece = lab.base64.b64encode(content[at:at + 45000]).decode()
        assert alice.ask(f"1#18#{number}#{at}#{piece}")[0] == 0
    return number


def event(alice, beginning):
    while not (line := alice.next()).startswith(beginning):
        pass
    return line


def with_iptux(alice, lin):
    """A file and a folder both ways."""
    upload(alice, "小林", "file", "项目说明.txt", LETTER)
    event(alice, "3#17#小林")
    lab.write_tree(lin.path("资料"), lab.folders_of(TREE))
    upload(alice, "小林", "folder", "资料", files.folder_stream("资料", TREE, "utf-8"))
    event(alice, "3#17#小林")
    lab.write_tree(lin.path("回复"), BACK)
    lab.write_tree(lin.path("进度.txt"), LETTER[:500])
    for name in ("进度.txt", "回复"):
        lin.tell(f"offer {CHATD[0]} {lin.path(name)}")
        number = event(alice, "3#16#小林").split("#")[3].split(" ")[0]
        alice.ask(f"1#19#{number}")
        event(alice, f"3#17#小林#{number} here")


def with_feiq(alice, wang):
    """What iptux does not know: resuming, releasing, images, seals, shakes, groups."""
    upload(alice, "小王", "file", "长文件.txt", LETTER * 8)
    offer = wang.expect(feiq.SENDMSG)
    part = wang.fetch((files.GETFILEDATA, offer.number, 0, 0), stop_after=2000)
    rest = wang.fetch((files.GETFILEDATA, offer.number, 0, len(part)))
    assert part + rest == LETTER * 8
    upload(alice, "小王", "file", "不要.txt", LETTER)
    offer = wang.expect(feiq.SENDMSG)
    wang.send(files.RELEASEFILES, f"{offer.number}\0".encode())
    event(alice, "3#17#小王")
    image = picture.face()
    upload(alice, "小王", "image", "头像.jpg", image)
    while not any(each.command == feiq.SENDMSG for each in wang.kept):
        assert wang._receive(2)
        for each in [each for each in wang.kept if each.command == 0xc0]:
            parts = each.body.split(b"|")
            wang.send(0xc1, parts[0] + b"|" + parts[4] + b"#\0")
        wang.kept = [each for each in wang.kept if each.command != 0xc0]
    wang.expect(feiq.SENDMSG)
    wang.send(feiq.INPUTING)
    count = (len(image) + 511) // 512
    for at in range(0, len(image), 512):
        head = f"64ea4edd|{len(image)}|{at}|{count}|{at // 512 + 1}|{len(image[at:at + 512])}"
        wang.send(0x2000c0, head.encode() + b"|0|2|0|00000000#\0" + image[at:at + 512])
        wang.expect(0xc1)
    wang.say("@alice 看我的新头像：/~#>64ea4edd<B~")
    event(alice, "3#16#小王")
    alice.ask("1#22#小王#密封的消息，请打开")
    message = wang.expect(feiq.SENDMSG)
    wang.send(feiq.READMSG | feiq.READCHECK, f"{message.number}\0".encode())
    wang.expect(feiq.ANSREADMSG)
    number = wang.say("我的也密封", feiq.SENDCHECK | feiq.SECRET | feiq.READCHECK)
    read = wang.expect(feiq.READMSG)
    wang.send(feiq.ANSREADMSG, f"{read.number}\0".encode())
    assert read.text == str(number).encode()
    alice.ask("1#15#小王")
    wang.expect(feiq.KNOCK)
    wang.send(feiq.KNOCK_ACK)
    alice.ask("1#3#技术部#三点开会")
    mac = wang.version.split("#")[2]
    body = cipher.blowfish_cbc(mac.encode(), "QUNMSGMARK#3b199b07_24901708#好的".encode("gbk"))
    plain, wang.version = wang.version, wang.version.replace("#0#0#0#", f"#0#0#{len(body)}#")
    wang.send(0x400023, body, to=(GROUP, 2425))
    wang.version = plain
    event(alice, "3#3#技术部")


def record(path):
    capture = Capture(lab.network, path)
    lin = lab.Iptux(lab.UTF8_HOST, "小林", "utf-8")
    wang = within(lab.GBK_HOST, Wang)
    daemon = lab.Daemon({"feiq": {"enabled": "true", "user": "chatd", "host": "SERVER",
                                  "nick": "服务", "groups": "3b199b07:技术部"}})
    try:
        alice = lab.Client(daemon, local=True)
        alice.log_in("alice")
        wang.send(feiq.NOOPERATION, to=("10.77.0.255", 2425))
        wang.node = ("10.77.0.255", 2425)
        wang.enter()
        wang.node = CHATD
        wang.expect(feiq.ANSENTRY)
        lin.expect(f"online {CHATD[0]} 服务")
        with_iptux(alice, lin)
        with_feiq(alice, wang)
        lin.quit()
        wang.enter(feiq.BR_EXIT)
        event(alice, "3#2#")
        alice.close()
        daemon.stop()
    finally:
        daemon.close()
        wang.close()
        lin.quit()
        capture.stop()


def record_chatctl(path):
    """chatctl's way through the extensions of 1#n, over TCP in the length framing."""
    host = lab.network.host(lab.CHATD_HOST)
    capture = Capture(lab.network, path, host, "lo", ("tcp", "port", "12425"))
    daemon = lab.Daemon({"chat": {"port": "12425"}})
    here = lab.folder.name
    for name, content in (("项目说明.txt", LETTER), ("头像.jpg", picture.face())):
        with open(os.path.join(here, name), "wb") as file:
            file.write(content)
    lab.write_tree(os.path.join(here, "资料"), TREE)

    def chatctl(nick, *arguments):
        done = subprocess.run(
            lab.network.within(host, os.environ["CHATCTL"], "--host", "127.0.0.1", "--nick", nick,
                               *arguments), cwd=here, capture_output=True, check=False,
            encoding="utf-8", env=dict(os.environ, LC_ALL="C.UTF-8"))
        print(nick, *arguments, done.returncode, done.stdout, done.stderr)

    try:
        with subprocess.Popen(
                lab.network.within(host, os.environ["CHATCTL"], "--host", "127.0.0.1", "--nick",
                                   "小李", "watch"), stdout=subprocess.DEVNULL) as watch:
            time.sleep(0.3)
            chatctl("阿丽", "files", "offer", "小李", "项目说明.txt", "资料")
            chatctl("阿丽", "image", "小李", "头像.jpg")
            chatctl("阿丽", "image", "小李", "项目说明.txt")
            chatctl("阿丽", "--seal", "send", "小李", "请看资料")
            watch.terminate()
        chatctl("小李", "files")
        os.mkdir(os.path.join(here, "收到"))
        for number in ("1", "2", "9"):
            chatctl("小李", "files", "get", number, "收到")
        chatctl("小李", "files", "drop", "3")
    finally:
        daemon.close()
        capture.stop()


def record_windows(path):
    """A person at iptux's windows writes GBK, takes and sends a file and a folder, and quits."""
    import test_iptux_gui as gui  # it skips where there is no screen to be had

    screen = gui.Screen()
    capture = Capture(lab.network, path)
    daemon = lab.Daemon({"feiq": {"enabled": "true", "user": "chatd", "host": "SERVER",
                                  "nick": "服务"}})
    person = gui.Person(lab.UTF8_HOST, "gbk", screen)
    try:
        alice = lab.Client(daemon, local=True)
        alice.log_in("alice")
        person.expect(f"online {CHATD[0]} 服务")
        person.tell(f"open {CHATD[0]}")
        person.tell(f"msg {CHATD[0]} 你好，报告写好了吗？")
        event(alice, "3#3#小林")
        alice.ask("1#3#小林#写好了，马上发给你。")
        person.expect(f"message {CHATD[0]} alice: 写好了，马上发给你。")
        lab.write_tree(os.path.join(person.path("received"), "资料"), lab.folders_of(TREE))
        for kind, name, content in (
                ("file", "项目说明.txt", LETTER),
                ("folder", "资料", files.folder_stream("资料", TREE, "utf-8"))):
            upload(alice, "小林", kind, name, content)
            person.expect(f"received {CHATD[0]} {name}")
        lab.write_tree(person.path("回复"), BACK)
        lab.write_tree(person.path("进度.txt"), LETTER[:500])
        for name in ("进度.txt", "回复"):
            person.tell(f"offer {CHATD[0]} {name}")
            number = event(alice, "3#16#小林").split("#")[3].split(" ")[0]
            alice.ask(f"1#19#{number}")
            event(alice, f"3#17#小林#{number} here")
        person.quit()
        event(alice, "3#2#小林")
        alice.close()
        daemon.stop()
    finally:
        daemon.close()
        person.quit()
        screen.close()
        capture.stop()


if __name__ == "__main__":
    try:
        {"peers": record, "chatctl": record_chatctl, "windows": record_windows}[sys.argv[1]](sys.argv[2])
    finally:
        lab.network.close()
        lab.folder.cleanup()
