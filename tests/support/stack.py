"""A whole installation for tests: its own MariaDB, Redis, programs, nginx, keys and ports.

    with Stack() as stack:
        stack.environment["CRANE_URL"] …

Nothing is left running and nothing on the disk, however the test program ends: a guardian, which is nobody's child, waits
for a pipe to close, takes the installation down and removes its folder.
"""
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
BUILD = Path(os.environ.get("CRANE_BUILD", ROOT / "build/release")).resolve()
SECONDS_TO_START, SECONDS_TO_STOP = 240, 240

# $1 is ./crane, $2 the folder. Ends when its standard input does; says "removed" when nothing is left.
GUARDIAN = """
trap '' HUP INT TERM
cat > /dev/null
if [ -f "$2/supervisord.conf" ]; then "$1" down --data "$2" < /dev/null > "$2/down.log" 2>&1 || cat "$2/down.log"; fi
rm -rf "$2" && echo removed
"""

# What a program's log holds only when something is wrong with the program itself.
ALARMS = re.compile(r"Sanitizer|runtime error:|terminate called|stack smashing|\"level\":\"error\"|Assertion .* failed")
DEATHS = re.compile(r"terminated by SIG|exit status \d+; not expected|entered FATAL")


def free_ports(count):
    """Ports that nobody holds at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Stack:
    def __init__(self, build=BUILD, settings=()):
        """settings: CRANE_NAME=value pairs for the programs."""
        self.build, self.settings = Path(build), list(settings)
        self.data = Path(tempfile.mkdtemp(prefix="crane-test-"))
        self.data.chmod(0o755)  # the services are another user's
        self.environment = {}
        self.guardian = subprocess.Popen(
            ["setsid", "--fork", "/bin/sh", "-c", GUARDIAN, "guardian", str(ROOT / "crane"), str(self.data)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def up(self):
        for attempt in range(3):
            ports = free_ports(2)
            done = self.crane("up", "--build-dir", self.build, "--no-packages", "--quiet", "--buffer-pool", "256M", "--port", ports[0],
                              "--http-port", ports[1], *(word for pair in self.settings for word in ("--set", pair)))
            if done.returncode == 0:
                break
            if attempt == 2 or "is in use by another program" not in done.stdout:
                raise RuntimeError(f"./crane up failed:\n{done.stdout}\n{self.last_lines()}")
        lines = (self.data / "crane.env").read_text(encoding="utf-8").splitlines()
        self.environment = dict(line.split("=", 1) for line in lines)
        self.tls = self.tls_context()

    def crane(self, command, *arguments):
        """Runs ./crane COMMAND on this folder."""
        return subprocess.run(
            [str(ROOT / "crane"), command, "--data", str(self.data), *map(str, arguments)], text=True, check=False, cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS_TO_START)

    def close(self):
        if self.guardian is None:
            return
        self.guardian.stdin.close()
        said = self.guardian.stdout.read()  # until the guardian has ended
        self.guardian.stdout.close()
        self.guardian.wait(SECONDS_TO_STOP)
        self.guardian = None
        if not said.endswith("removed\n"):
            raise RuntimeError(f"{self.data} could not be taken down:\n{said}")

    def tls_context(self):
        """One that trusts this installation's authority only."""
        return ssl.create_default_context(cafile=self.environment["CRANE_CACERT"])

    @property
    def host(self):
        return "localhost"

    @property
    def port(self):
        return int(self.environment["CRANE_URL"].rsplit(":", 1)[1])

    @property
    def http_port(self):
        return int(self.environment["CRANE_HTTP_URL"].rsplit(":", 1)[1])

    @property
    def operator_key(self):
        return self.environment["CRANE_OPERATOR_KEY"]

    def make_operator_key(self, rate_limit):
        """Another one, for those who ask more than a thousand times a minute."""
        done = self.crane("key", "create", "--operator", "--name", "Tests", "--rate-limit", rate_limit, "--format", "env")
        found = re.search(r"^CRANE_OPERATOR_KEY=(\S+)$", done.stdout, re.MULTILINE)
        assert done.returncode == 0 and found, done.stdout
        return found[1]

    def programs(self, command, *names):
        """start or stop programs of this folder; answers when they run or have ended."""
        socket_path = os.path.realpath(self.data / "run") + "/supervisor.sock"
        subprocess.run([PYTHON, str(ROOT / "deploy/lib/programs.py"), socket_path, command, *names], check=True, cwd="/", timeout=120)

    def redis(self, *words):
        """What Redis answers to a command, as text."""
        command = ["redis-cli", "-s", os.path.realpath(self.data / "run") + "/own/redis.sock", *map(str, words)]
        return subprocess.run(command, check=True, timeout=60, capture_output=True, text=True, cwd="/").stdout.strip()

    @contextmanager
    def without(self, *names):
        """The programs stand still within the block."""
        self.programs("stop", *names)
        try:
            yield
        finally:
            self.programs("start", *names)

    def alarms(self):
        """Lines of the programs' logs that tell of a fault of a program: sanitizers, errors, deaths."""
        found = []
        for path in sorted((self.data / "log").glob("*.log*")):
            if path.name.startswith(("mariadb", "redis")):
                continue
            pattern = DEATHS if path.name.startswith("supervisord") else ALARMS
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if pattern.search(line):
                    found.append(f"{path.name}: {line[:1000]}")
        return found

    def last_lines(self):
        texts = []
        for path in sorted((self.data / "log").glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            texts.append(f"== {path.name}\n" + "\n".join(lines[-15:]))
        return "\n".join(texts)

    def keep_logs(self, folder):
        """Copies the logs to where they outlive the installation."""
        shutil.copytree(self.data / "log", folder, dirs_exist_ok=True)
