"""Statements to the installation's database as one of its users, each in a session of its own that is undone."""
import os
import re
import subprocess

SETTINGS = {"crane": ("crane.conf", "CRANE_DATABASE_PASSWORD"), "crane_migration": ("secrets/migration.conf", "CRANE_MIGRATION_PASSWORD"),
            "root": ("secrets/root.cnf", "password")}


def password_of(stack, user):
    file, name = SETTINGS[user]
    text = (stack.data / file).read_text(encoding="utf-8")
    return re.search(rf"^\s*{name}\s*=\s*(\S+)", text, re.M)[1]


class Statements:
    """ask(statement) gives its rows, as lists of text, or the refusal as one text: "4025 CONSTRAINT `…` failed …"."""

    def __init__(self, stack, user):
        socket_path = os.path.realpath(stack.data / "run") + "/own/mariadb.sock"
        self.command = ["mariadb", "--no-defaults", f"--socket={socket_path}", f"--user={user}", "--batch", "--skip-column-names",
                        "--binary-mode", "--default-character-set=utf8mb4", "crane"]
        self.environment = {**os.environ, "MYSQL_PWD": password_of(stack, user)}

    def ask(self, statement):
        if isinstance(statement, str):
            statement = statement.encode()
        done = subprocess.run(self.command, input=b"set autocommit = 0;\n" + statement + b";\n", capture_output=True, env=self.environment,
                              timeout=60, check=False)
        if done.returncode:
            refusal = re.search(r"ERROR (\d+) \(\w+\) at line \d+(?: in file: '.*?')?: (.*)", done.stderr.decode(errors="replace"), re.S)
            assert refusal, done.stderr
            return f"{refusal[1]} {refusal[2].strip()}"
        return [line.split("\t") for line in done.stdout.decode(errors="replace").splitlines()]


def literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def prepare(text):
    """A statement that prepares `text`, whatever quotes are in it."""
    return f"set @text = convert(x'{text.encode().hex()}' using utf8mb4); prepare statement_of_test from @text"
