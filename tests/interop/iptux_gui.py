#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A person at iptux's windows, for those who talk to iptux_peer: the same commands and answers (see
iptux_peer.cpp), by what the screen shows and the mouse could click, over the accessibility bus.

    iptux_gui.py NICK ENCODING

It starts iptux, to be called within dbus-run-session with DISPLAY and a HOME of one's own."""
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

warnings.simplefilter("ignore", DeprecationWarning)
PATIENCE = 15
HOME = os.environ["HOME"]
FOLDER = os.path.join(HOME, "received")
NAME_COLUMN = 2
MESSAGE = re.compile(r"^\(\d\d:\d\d:\d\d\) (.*):\n((?:(?!\(\d\d:\d\d:\d\d\) ).*\n)*)", re.MULTILINE)


def say(line):
    print(line, flush=True)


# --- what is on the screen ---

def walk(item):
    if item is None:
        return
    yield item
    try:
        count = item.get_child_count()
    except GLib.Error:  # it is gone
        return
    for i in range(count):
        try:
            yield from walk(item.get_child_at_index(i))
        except GLib.Error:
            continue


def find(item, role, name=None, shown=True):
    """The first item within another that has a role and whose name holds a word."""
    for each in walk(item):
        try:
            if each.get_role_name() == role and (name is None or name in (each.get_name() or "")) \
                    and (not shown or each.get_state_set().contains(Atspi.StateType.SHOWING)):
                return each
        except GLib.Error:
            continue
    return None


def wait(function, what):
    deadline = time.monotonic() + PATIENCE
    while not (result := function()):
        while GLib.MainContext.default().iteration(False):
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("no " + what)
        time.sleep(0.05)
    return result


def act(item, name):
    for i in range(item.get_n_actions()):
        if item.get_action_name(i) == name:
            return item.do_action(i)
    raise RuntimeError(f"{item.get_role_name()} “{item.get_name()}” cannot “{name}”")


def click(item):
    """With the mouse: what opens a dialog has to, since the accessibility bus waits for the end of
    what an action does, and a dialog is the end of nothing."""
    place = item.get_extents(Atspi.CoordType.SCREEN)
    Atspi.generate_mouse_event(place.x + place.width // 2, place.y + place.height // 2, "b1c")


def text_of(item):
    return Atspi.Text.get_text(item, 0, -1)


class Iptux:
    def __init__(self, nick, encoding):
        os.makedirs(os.path.join(HOME, ".iptux"))
        os.makedirs(FOLDER)
        with open(os.path.join(HOME, ".iptux", "config.json"), "w", encoding="utf-8") as file:
            json.dump({"nick_name": nick, "preference_encode": encoding,
                       "candidacy_encode": "gb18030,gb2312", "archive_path": FOLDER,
                       "peer_window_width": 1000, "peer_window_height": 700,
                       "peer_main_paned_divide": 450}, file)
        self.log = open(os.path.join(HOME, "log"), "wb")
        self.process = subprocess.Popen(["iptux", "-l", "DEBUG"], stdout=self.log,
                                        stderr=subprocess.STDOUT, cwd=HOME)
        self.application = wait(self.find_application, "window of iptux")
        self.main = wait(lambda: self.window("Iptux"), "main window")
        self.nick = nick
        self.pals = {}  # nick by address
        self.seen = {}  # by address: what was said of the conversation

    def windows(self):
        for i in range(self.application.get_child_count()):
            each = self.application.get_child_at_index(i)
            if each is not None:
                yield each

    def window(self, title):
        return next((each for each in self.windows() if title in (each.get_name() or "")), None)

    def find_application(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            each = desktop.get_child_at_index(i)
            if each is not None and each.get_name() == "iptux":
                return each
        return None

    def cells(self):
        """The cells of those who are in the list, by address."""
        result = {}
        table = find(self.main, "tree table")
        for each in walk(table):
            parts = (each.get_name() or "").split("\n")
            if each.get_role_name() == "table cell" and len(parts) == 2:
                result[parts[1]] = (parts[0], each)
        return result

    def chat(self, address):
        """The window of a conversation, opened if it is not."""
        title = f"IP:{address}"
        window = self.window(title)
        if window is None:
            act(self.cells()[address][1].get_parent(), "activate")
            window = wait(lambda: self.window(title), "window of " + address)
        return window

    # --- what happens ---

    def look(self):
        now = {address: nick for address, (nick, _) in self.cells().items()}
        for address, nick in now.items():
            if address not in self.pals:
                say(f"online {address} {nick}")
        for address in self.pals:
            if address not in now:
                say(f"offline {address}")
        self.pals = now
        for address in now:
            self.look_at_chat(address)

    def look_at_chat(self, address):
        window = self.window(f"IP:{address}")
        if window is None:
            return
        seen = self.seen.setdefault(address, {"messages": 0, "offered": set(), "received": set()})
        messages = MESSAGE.findall(text_of(find(find(window, "panel", "Chat History"), "text")))
        for nick, text in messages[seen["messages"]:]:
            if nick != self.nick:
                say(f"message {address} {text.strip()}")
        seen["messages"] = len(messages)
        for panel, word in (("Files to be received", "offered"), ("File received.", "received")):
            names = self.names_in(find(window, "panel", panel))
            for name in names - seen[word]:
                say(f"{word} {address} {name}")
            if word == "offered" and names - seen["offered"]:
                self.accept(window)
            seen[word] |= names

    def accept(self, window):
        """Everything that is offered, into the folder that iptux proposes."""
        click(find(window, "push button", "Accept"))
        dialog = wait(self.dialog, "dialog")
        click(wait(lambda: find(dialog, "push button", "Save"), "button"))
        wait(lambda: self.dialog() is None, "end of the dialog")

    def names_in(self, panel):
        """The names of the files in a table: what is in its third column."""
        table = None if panel is None else find(panel, "table")
        if table is None:
            return set()
        names = set()
        for i in range(Atspi.Table.get_n_rows(table)):
            cell = Atspi.Table.get_accessible_at(table, i, NAME_COLUMN)
            if cell is not None and cell.get_name():
                names.add(os.path.basename(cell.get_name()))
        return names

    # --- what one does ---

    def write(self, address, text):
        window = self.chat(address)
        box = next(each for each in walk(window) if each.get_role_name() == "text"
                   and each.get_state_set().contains(Atspi.StateType.EDITABLE))
        Atspi.EditableText.insert_text(box, 0, text, len(text.encode()))
        act(wait(lambda: find(window, "push button", "Send"), "button"), "click")

    def offer(self, address, name):
        """A file or folder in the home folder."""
        window = self.chat(address)
        is_folder = os.path.isdir(os.path.join(HOME, name))
        click(find(window, "push button", "Dirs" if is_folder else "Files"))
        dialog = wait(self.dialog, "dialog")
        click(wait(lambda: find(dialog, "table cell", name), name))
        click(find(dialog, "push button", "Open"))
        wait(lambda: self.dialog() is None, "end of the dialog")
        wait(lambda: find(find(window, "panel", "File to send."), "table cell", name), name)
        act(find(window, "push button", "Send"), "click")

    def dialog(self):
        return next((each for each in self.windows() if each.get_role_name() != "frame"), None)

    def leave(self):
        """As a person does; what does not end then is ended, and said."""
        act(find(self.application, "menu item", "Quit", shown=False), "click")
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            say("does not quit")
            self.process.kill()
            self.process.wait()


def main():
    Atspi.init()
    iptux = Iptux(sys.argv[1], sys.argv[2])
    commands = queue.Queue()

    def read():
        for line in sys.stdin:
            commands.put(line.rstrip("\n"))
        commands.put("quit")
    threading.Thread(target=read, daemon=True).start()
    say("ready")
    while True:
        try:
            verb, *rest = commands.get(timeout=0.1).split(" ", 2)
        except queue.Empty:
            iptux.look()
            continue
        if verb == "msg":
            iptux.write(*rest)
        elif verb == "offer":
            iptux.offer(*rest)
        elif verb == "open":
            iptux.chat(*rest)
        elif verb == "quit":
            break
    iptux.leave()


if __name__ == "__main__":
    main()
