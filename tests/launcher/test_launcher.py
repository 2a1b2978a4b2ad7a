"""./crane itself: what a person types, sees and finds on the disk afterwards."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from stack import BUILD, ROOT, Stack, free_ports

SECONDS = 240
FIRST_FOLDER_FLAGS = ["--no-packages", "--build-dir", str(BUILD), "--buffer-pool", "128M"]


def crane(*words, root=ROOT, prefix=(), **options):
    return subprocess.run([*prefix, str(Path(root) / "crane"), *map(str, words)], text=True, check=False, cwd="/", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, **options)


def expect_sentence(done, *words):
    """Refused with one sentence that has these words in it."""
    lines = [line for line in done.stdout.splitlines() if line.startswith("crane: ")]
    assert done.returncode == 1 and len(lines) == 1, done.stdout
    for word in words:
        assert str(word) in lines[0], lines[0]


def states(stack):
    """Program to (state, pid), as `status` shows them."""
    rows = [line.split() for line in stack.crane("status").stdout.splitlines()]
    return {row[0]: (row[1], row[2]) for row in rows if len(row) > 4 and row[2].isdigit()}


def files_of(folder):
    """What `up` wrote: path to (inode, time, mode)."""
    found = {}
    for name in ("crane.env", "crane.conf", "settings", "master.key", "supervisord.conf", "secrets", "tls", "etc", "bin", "html", "state"):
        for path in [folder / name, *(folder / name).rglob("*")]:
            if path.is_file():
                seen = path.stat()
                found[str(path)] = (seen.st_ino, seen.st_mtime_ns, seen.st_mode)
    return found


def test_up_again_changes_nothing(stack):
    before = files_of(stack.data), states(stack)
    assert {state for state, _ in before[1].values()} == {"RUNNING"} and {"mariadb", "redis", "nginx", "worker", "accounts"} <= set(before[1])
    done = stack.crane("up", "--build-dir", BUILD, "--no-packages")
    assert done.returncode == 0 and "Restarting" not in done.stdout and "Making" not in done.stdout, done.stdout
    after = files_of(stack.data), states(stack)
    assert {path for path in {**before[0], **after[0]} if before[0].get(path) != after[0].get(path)} == set()
    assert after[1] == before[1]


def test_private_files_are_private(stack):
    for name in ("crane.env", "crane.conf", "master.key", "supervisord.conf", "secrets/root.cnf", "secrets/migration.conf", "secrets/first.env", "secrets/ca.key",
                 "tls/server.key"):
        mode = (stack.data / name).stat().st_mode & 0o777
        assert mode == 0o600, f"{name} is {mode:o}"
    for name in ("mariadb", "redis", "secrets"):
        assert (stack.data / name).stat().st_mode & 0o077 == 0, name


def test_as_root_the_programs_are_another_users(stack):
    if os.geteuid() != 0:
        pytest.fail("this test is about root; the tests run as root in CI")
    for name, (_, pid) in states(stack).items():
        owner = Path(f"/proc/{pid}").owner()
        assert owner == "crane", f"{name} runs as {owner}"


def test_a_program_is_restarted_alone(stack):
    before = states(stack)
    done = stack.crane("restart", "accounts")
    assert done.returncode == 0 and "accounts" in done.stdout, done.stdout
    after = states(stack)
    assert {name for name in before if before[name] != after[name]} == {"accounts"}
    expect_sentence(stack.crane("restart", "nonesuch"), "nonesuch")


def test_logs_are_followed(stack):
    with subprocess.Popen([str(ROOT / "crane"), "logs", "nginx", "-n", "5", "--data", str(stack.data)], stdout=subprocess.PIPE, text=True) as following:
        try:
            head = following.stdout.readline()
        finally:
            following.send_signal(signal.SIGTERM)
    assert "nginx" in head or head.startswith("{"), head
    expect_sentence(stack.crane("logs", "nonesuch"), "nonesuch")
    expect_sentence(stack.crane("logs", "-n", "many"), "many")


def test_keys_and_organizations_by_the_command_line(stack, connections, contract):
    from client import Client
    made = stack.crane("org", "create", "--name", "By hand", "--currency", "EUR")
    organization = re.search(r"^organization +(org_\w+)$", made.stdout, re.M)[1]
    key = re.search(r"^key +(cl_live_\w+)$", made.stdout, re.M)[1]
    assert organization in stack.crane("org", "list").stdout
    client = Client(connections, contract, key)
    assert client.get(f"/organizations/{organization}").expect(200)["base_currency"]["code"] == "EUR"
    other = re.search(r"(cl_test_\w+)", stack.crane("key", "create", "--organization", organization, "--mode", "test").stdout)[1]
    assert client.with_key(other).get(f"/organizations/{organization}/accounts").expect(200)["total_count"] > 0
    preview = other[:12] + "…" + other[-4:]
    assert preview in stack.crane("key", "list").stdout
    assert stack.crane("key", "revoke", preview).returncode == 0
    client.with_key(other).get(f"/organizations/{organization}/accounts").expect(401, "revoked_api_key")
    for words in (("org", "create"), ("key", "create"), ("key", "revoke", "cl_live_none"), ("org", "nonesuch"), ("key",)):
        refused = stack.crane(*words)
        assert refused.returncode != 0 and len(refused.stdout.strip().splitlines()) <= 12, refused.stdout
    assert stack.crane("verify").returncode == 0


# What stands in the way of a start.

def test_a_port_in_use(tmp_path):
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port, free = taken.getsockname()[1], free_ports(1)[0]
        for flags in (("--port", port, "--http-port", free), ("--port", free, "--http-port", port)):
            folder = tmp_path / "data"
            expect_sentence(crane("up", "--data", folder, *FIRST_FOLDER_FLAGS, *flags), port, "in use", flags[0] if flags[1] == port else flags[2])
            assert not folder.exists()


def test_a_missing_tool(tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for folder in ("/bin", "/usr/bin"):
        for path in Path(folder).iterdir():
            if path.name != "redis-cli" and not (tools / path.name).exists():
                (tools / path.name).symlink_to(path)
    folder = tmp_path / "data"
    expect_sentence(crane("up", "--data", folder, *FIRST_FOLDER_FLAGS, env={"PATH": str(tools)}), "redis-cli", "missing")
    assert not folder.exists()


def test_a_full_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = 'mount -t tmpfs -o size=64m tmpfs "$1" && "$2" up --data "$1/data" --no-packages --build-dir "$3"; status=$?; ls -A "$1"; exit $status'
    done = subprocess.run(["unshare", "--mount", "sh", "-c", mount, "sh", str(disk), str(ROOT / "crane"), str(BUILD)], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS)
    expect_sentence(done, "MB of free disk", "needs 700 MB")
    assert done.stdout.splitlines()[-1].startswith("crane: "), f"something is left: {done.stdout}"


def test_flags_that_are_wrong(tmp_path):
    for flags, word in ((["--port", "70000"], "70000"), (["--port", "http"], "http"), (["--colour"], "--colour"), (["--port"], "--port"),
                        (["--port", "9000", "--http-port", "9000"], "9000"), (["--buffer-pool", "much"], "much"), (["--set", "x"], "x")):
        expect_sentence(crane("up", "--data", tmp_path / "data", "--no-packages", "--build-dir", BUILD, *flags), word)
    expect_sentence(crane("up", "--data", tmp_path / "a b", *FIRST_FOLDER_FLAGS), "blank")
    expect_sentence(crane("nonesuch"), "nonesuch", "help")
    expect_sentence(crane("status", "--data", tmp_path / "nothing"), "no Crane")
    assert "up [--port N]" in crane("help").stdout


# Other folders, other users.

def ask_health(folder):
    environment = dict(line.split("=", 1) for line in (folder / "crane.env").read_text(encoding="utf-8").splitlines())
    return subprocess.run(["curl", "--silent", "--cacert", environment["CRANE_CACERT"], environment["CRANE_URL"] + "/health"], text=True, check=False,
                          stdout=subprocess.PIPE, timeout=20).stdout


def test_two_folders_side_by_side_and_down_and_up_again(stack):
    with Stack() as other:
        assert (ask_health(stack.data), ask_health(other.data)) == ("OK", "OK")
        kept = {name: (other.data / name).read_text(encoding="utf-8") for name in ("crane.env", "crane.conf", "master.key")}
        assert kept["crane.env"] != (stack.data / "crane.env").read_text(encoding="utf-8")
        done = other.crane("down")
        assert done.returncode == 0 and "is down" in done.stdout, done.stdout
        status = other.crane("status")
        assert status.returncode == 3 and "down" in status.stdout
        assert ask_health(other.data) == "" and ask_health(stack.data) == "OK"
        assert "was not running" in other.crane("down").stdout
        expect_sentence(other.crane("verify"), "not running")
        again = other.crane("up", "--build-dir", BUILD, "--no-packages")
        assert again.returncode == 0, again.stdout
        assert ask_health(other.data) == "OK"
        assert {name: (other.data / name).read_text(encoding="utf-8") for name in kept} == kept


def test_a_killed_supervisor_is_no_hindrance(stack):
    with Stack() as other:
        pid = int((Path(os.path.realpath(other.data / "run")) / "supervisord.pid").read_text(encoding="utf-8"))
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        done = other.crane("up", "--build-dir", BUILD, "--no-packages")
        assert done.returncode == 0 and "left behind" in done.stdout, done.stdout
        assert ask_health(other.data) == "OK"


def test_as_a_plain_user(tmp_path):
    """A user who is not root, with a copy of what the launcher needs in a place of their own."""
    home = Path("/tmp") / f"crane-plain-{os.getpid()}"
    user, group = "nobody", "nogroup"
    try:
        (home / "build").mkdir(parents=True)
        for name in ("crane", "deploy", "nginx", "sql"):
            (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, home / name)
        (home / "build/bin").mkdir()
        for path in (BUILD / "bin").glob("crane-*"):
            shutil.copy2(path, home / "build/bin")
        shutil.copytree(BUILD / "html", home / "build/html")
        subprocess.run(["chown", "-R", f"{user}:{group}", str(home)], check=True)
        as_user = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "env", f"HOME={home}"]
        ports = free_ports(2)
        try:
            done = crane("up", "--no-packages", "--build-dir", home / "build", "--buffer-pool", "128M", "--port", ports[0], "--http-port", ports[1], root=home, prefix=as_user)
            assert done.returncode == 0, done.stdout
            assert ask_health(home / "var") == "OK"
            shown = crane("status", root=home, prefix=as_user).stdout.splitlines()[2:]
            assert shown and all(Path(f"/proc/{line.split()[2]}").owner() == user for line in shown)
            expect_sentence(crane("up", "--data", home / "var", *FIRST_FOLDER_FLAGS), "belongs to nobody")
            expect_sentence(crane("up", "--no-packages", "--build-dir", home / "build", "--port", "443", root=home, prefix=as_user), "443", "root")
        finally:
            crane("down", root=home, prefix=as_user)
    finally:
        shutil.rmtree(home, ignore_errors=True)


# What is printed and written for people works as it stands.

def shell(text, stack, tmp_path):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=ROOT, text=True, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS, env={**os.environ, "CRANE_DATA": str(stack.data), "HOME": str(tmp_path)})


def test_the_requests_that_up_prints(stack, tmp_path):
    """As the first run prints them; its output is kept by nobody, so they are asked for again here."""
    text = subprocess.run(["bash", "-c", f'QUIET=no; DATA={stack.data}; PORT={stack.port}; RUN_USER=x; . "{ROOT}/deploy/lib/common.sh"; '
                           f'. "{ROOT}/deploy/lib/folder.sh"; . "{ROOT}/deploy/lib/up.sh"; DATA={stack.data}; say_how_to_use yes'],
                          text=True, check=True, stdout=subprocess.PIPE).stdout
    commands = [line for line in text.splitlines() if line.startswith((". ", "curl "))]
    assert len(commands) == 4
    done = shell("\n".join([commands[0], *(f"{command} --fail-with-body; echo" for command in commands[1:])]), stack, tmp_path)
    assert done.returncode == 0, done.stdout
    for words in ('"object":"list"', '"name":"Petty cash"', '"is_balanced":true'):
        assert words in done.stdout


def blocks_of(path):
    return re.findall(r"^```sh\n(.*?)^```$", (ROOT / path).read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("path", sorted(str(path.relative_to(ROOT)) for pattern in ("*.md", "*/*.md", "*/*/*.md") for path in ROOT.glob(pattern)
                                        if path.relative_to(ROOT).parts[0] not in ("build", "var") and "```sh\n" in path.read_text(encoding="utf-8")))
def test_the_commands_of_a_page_work_as_they_stand(stack, tmp_path, path):
    """Pasted into one shell. `up` is what this installation was made by, `test` is what runs this test, `bench` takes long."""
    blocks = [block for block in blocks_of(path) if not re.fullmatch(r"(\./crane (up|test|bench)\b.*\n)+", block)]
    text = "\n".join(blocks).replace("var/", f"{stack.data}/")
    # A refusal's reply would pass unnoticed.
    done = shell(text.replace("curl -sS", "curl -sS --fail-with-body"), stack, tmp_path)
    assert done.returncode == 0, done.stdout
    if path == "README.md":
        assert '"status":"posted"' in done.stdout and '"is_balanced":true' in done.stdout
