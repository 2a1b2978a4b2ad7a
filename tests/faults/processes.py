"""The programs of an installation as their supervisor sees them: who runs, who is killed, who is frozen.

    processes = Processes(stack)
    processes.kill("worker")            # returns when another one runs
    processes.kill("redis", before=…)   # called while the victim stands still
    with processes.frozen("redis"): …
    with processes.second_worker(): …   # beside the supervisor's own
"""
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import xmlrpc.client
from collections import Counter
from contextlib import contextmanager, suppress

from database import Database
from stack import DEATHS
from supervisor.xmlrpc import SupervisorTransport

SECONDS = 30
# The server has gone, or chose this session to end a deadlock.
PASSING = re.compile(r"ERROR (1053|1205|1213|1927|2002|2006|2013|2026)\b")


def wait_until(condition, what, seconds=SECONDS, pause=0.02):
    """What the condition gave, as soon as that is true."""
    deadline = time.monotonic() + seconds
    while True:
        held = condition()
        if held:
            return held
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(pause)


def is_running(pid):
    """A zombie does not run any more; whoever began it may never ask for its end."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Processes:
    def __init__(self, stack):
        self.stack, self.killed = stack, Counter()
        self.run = os.path.realpath(stack.data / "run")

    def info(self, name):
        """(state, pid); the pid of what does not run is 0."""
        transport = SupervisorTransport(None, None, f"unix://{self.run}/supervisor.sock")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
            group = next(each["group"] for each in server.supervisor.getAllProcessInfo() if each["name"] == name)
            found = server.supervisor.getProcessInfo(f"{group}:{name}")
        return found["statename"], found["pid"]

    def pid(self, name, other_than=0):
        """The pid once the supervisor counts the program as running, which takes it a second."""
        def running():
            state, pid = self.info(name)
            return pid if state == "RUNNING" and pid != other_than else None
        return wait_until(running, f"{name} runs")

    def kill(self, name, before=None):
        """The hardest death; what is called before it finds the victim frozen."""
        old = self.pid(name)
        if before:
            os.kill(old, signal.SIGSTOP)
            try:
                before()
            except BaseException:
                os.kill(old, signal.SIGCONT)
                raise
        os.kill(old, signal.SIGKILL)
        self.killed[name] += 1
        return self.pid(name, other_than=old)

    def kill_supervisor(self, and_also):
        """The supervisor, and one of its programs, which nobody starts again."""
        supervisor = int((self.stack.data / "run/supervisord.pid").read_text(encoding="ascii"))
        program = self.pid(and_also)
        os.kill(supervisor, signal.SIGKILL)
        wait_until(lambda: not is_running(supervisor), "the supervisor is gone")
        os.kill(program, signal.SIGKILL)

    def wipe(self, folder):
        for path in (self.stack.data / folder).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def stop(self, name):
        self.stack.programs("stop", name)

    def start(self, name):
        self.stack.programs("start", name)

    def settle(self, name):
        """Until the supervisor neither starts nor stops the program."""
        wait_until(lambda: self.info(name)[0] not in ("STARTING", "STOPPING", "BACKOFF"), f"{name} has started or ended")

    def socket(self, name):
        return f"{self.run}/{name}.sock"

    def connections(self, name):
        """How many connections the program holds on its socket."""
        listed = subprocess.run(["ss", "-Hx", "state", "established"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return sum(self.socket(name) in line.split() for line in listed.splitlines())

    def listening(self, port):
        """Who holds the port: pid to the parent's."""
        listed = subprocess.run(["ss", "-Hltnp", f"sport = :{port}"], check=True, stdout=subprocess.PIPE, text=True).stdout
        parents = {}
        for pid in set(re.findall(r"pid=(\d+)", listed)):
            with suppress(FileNotFoundError), open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                parents[int(pid)] = int(stat.read().rpartition(")")[2].split()[1])
        return parents

    def listeners(self, port):
        """The first processes of those who hold the port."""
        parents = self.listening(port)
        return {pid if parent not in parents else parent for pid, parent in parents.items()}

    def children(self, name):
        """The processes that the program has begun."""
        pid = self.pid(name)
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listed:
            return [int(child) for child in listed.read().split()]

    def end_orphans(self, port):
        for pid in self.listeners(port) - {self.info("nginx")[1]}:
            os.kill(pid, signal.SIGKILL)

    @contextmanager
    def frozen(self, name):
        pid = self.pid(name)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def second_worker(self):
        with open(self.stack.data / "log/second_worker.log", "ab") as log:
            process = subprocess.Popen([self.stack.data / "bin/crane-worker"], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       env={"CRANE_CONFIG": str(self.stack.data / "crane.conf"), "PATH": os.environ["PATH"]})
        try:
            yield process
            assert process.poll() is None, "the second worker has ended by itself"
        finally:
            process.terminate()
            assert process.wait(SECONDS) == 0

    def log_lines(self, name, words):
        """How often the program's log has said so."""
        return (self.stack.data / f"log/{name}.log").read_text(encoding="utf-8", errors="replace").count(words)

    def unexpected_deaths(self):
        """Deaths in the supervisor's log beyond those that were dealt here."""
        text = (self.stack.data / "log/supervisord.log").read_text(encoding="utf-8", errors="replace")
        deaths = Counter(line.split("INFO ", 1)[-1].split("WARN ", 1)[-1] for line in text.splitlines() if DEATHS.search(line))
        for name, count in self.killed.items():
            line = f"exited: {name} (terminated by SIGKILL; not expected)"
            assert deaths[line] >= count, f"{name} was killed {count} times and died {deaths[line]} times"
            deaths[line] -= count
        return +deaths


class LastingDatabase(Database):
    """A look into a database whose server may have gone and come back in between."""

    def __init__(self, stack):
        self.stack, self.turn = stack, threading.RLock()
        super().__init__(stack)

    def rows(self, statement):
        with self.turn:
            deadline = time.monotonic() + SECONDS
            while True:
                try:
                    return super().rows(statement)
                except (RuntimeError, BrokenPipeError) as error:
                    is_passing = isinstance(error, BrokenPipeError) or PASSING.search(str(error))
                    if not is_passing or time.monotonic() > deadline:
                        raise
                self.close()
                time.sleep(0.1)
                super().__init__(self.stack)

    def close(self):
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                stream.close()
        self.process.wait(SECONDS)
