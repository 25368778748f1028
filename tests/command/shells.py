# SPDX-License-Identifier: GPL-2.0-or-later
"""Shells that complete command lines: what they offer, and what a tab makes of a line."""

import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = [TREE / "sniffer" / "completions", TREE / "chatd" / "completions"]
PROGRAMS = {name: pathlib.Path(os.environ[name.upper()])
            for name in ("feiqdump", "feiqreplay", "chatd", "chatctl")}
LIMIT = 60  # seconds until a shell answers


def source(program, name):
    """A program's completion file."""
    return next(folder / name.format(program) for folder in FOLDERS
                if (folder / name.format(program)).exists())


def environment(home):
    path = os.pathsep.join([*{str(path.parent) for path in PROGRAMS.values()}, os.environ["PATH"]])
    return {"HOME": home, "ZDOTDIR": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home,
            "PATH": path, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "200"}


class Terminal:
    """A shell on a pseudo-terminal. Key C-x C-p writes the line as it is to a file."""

    def __init__(self, command, *setup):
        self.folder = tempfile.TemporaryDirectory()
        self.answer = pathlib.Path(self.folder.name, "answer")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(self.folder.name)
            os.execvpe(command[0], command, environment(self.folder.name))
        for line in setup:
            self.type(line.replace("ANSWER", str(self.answer)) + "\n")
        self.type(f"printf 'ready\\n.\\n' >{self.answer}\n")
        self.wait("the beginning")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def drain(self):
        while select.select([self.terminal], [], [], 0)[0]:
            try:
                if not os.read(self.terminal, 65536):
                    return
            except OSError:
                return

    def ask(self, line):
        """What C-x C-p writes behind the line and a tab."""
        self.type(line + "\t\x18\x10")
        return self.wait(line)

    def wait(self, what):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            self.drain()
            if self.answer.exists() and self.answer.read_text().endswith("\n.\n"):
                answer = self.answer.read_text()[:-3]
                self.answer.unlink()
                return answer
            time.sleep(0.02)
        raise TimeoutError(f"the shell does not answer to {what!r}")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
        self.folder.cleanup()


class Bash(Terminal):
    installed = shutil.which("bash") is not None

    def __init__(self):
        files = [str(source(program, "{}.bash")) for program in PROGRAMS]
        super().__init__(["bash", "--norc", "--noprofile", "-i"], "unset HISTFILE",
                         *(f"source {file}" for file in files),
                         'show() { printf "%s\\n.\\n" "$READLINE_LINE" >ANSWER; READLINE_LINE=; }',
                         """bind -x '"\\C-x\\C-p": show'""")

    completed = Terminal.ask

    @staticmethod
    def offered(line):
        """What completes the last word of the line, without what stands before its last : or =."""
        words = line.split(" ")
        script = ('source "$1"; compopt() { :; }; shift; COMP_WORDS=("$@"); '
                  'COMP_CWORD=$(($# - 1)); "_$1"; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-c", script, "bash", source(words[0], "{}.bash"), *words],
                              capture_output=True, check=True, env=environment("/nonexistent"))
        return set(done.stdout.decode().split())


class Zsh:
    installed = shutil.which("zsh") is not None
    BEGIN = ("PS1=; unset HISTFILE; setopt no_beep; fpath=(%s $fpath)" % " ".join(map(str, FOLDERS)),
             "autoload -U compinit && compinit -u -D",
             "show() { print -r -- ${NO_LINE-$BUFFER} >>ANSWER; print . >>ANSWER; BUFFER= }",
             "zle -N show; bindkey '^X^P' show")
    # What would be added is written down instead.
    NOTE = ("compadd() { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \"$@\"; "
            "return; fi; local -a hits; builtin compadd -O hits \"$@\"; "
            "(($#hits)) && print -rl -- $hits >>ANSWER; return 1 }", "NO_LINE=")

    def __init__(self):
        self.lines = Terminal(["zsh", "-f", "-i"], *self.BEGIN)
        self.lists = Terminal(["zsh", "-f", "-i"], *self.BEGIN, *self.NOTE)

    def completed(self, line):
        return self.lines.ask(line)

    def offered(self, line):
        return set(self.lists.ask(line).split("\n")) - {""}

    def close(self):
        self.lines.close()
        self.lists.close()


class Fish:
    installed = shutil.which("fish") is not None

    def offered(self, line):
        files = " ".join(str(source(program, "{}.fish")) for program in PROGRAMS)
        script = f"for file in {files}; source $file; end; complete -C \"$line\""
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True,
                                  check=True, env={**environment(home), "line": line}, cwd=home)
        return {word.split("\t")[0] for word in done.stdout.decode().splitlines()}

    def close(self):
        pass
