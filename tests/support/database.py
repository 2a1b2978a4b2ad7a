"""A look into the installation's database, by one mariadb client that is kept open."""
import os
import subprocess
import threading

ESCAPES = {"t": "\t", "n": "\n", "0": "\0", "\\": "\\"}


def unescaped(text):
    if "\\" not in text:
        return text
    pieces, at = [], 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            pieces.append(ESCAPES.get(text[at + 1], text[at + 1]))
            at += 2
        else:
            pieces.append(text[at])
            at += 1
    return "".join(pieces)


class Database:
    def __init__(self, stack):
        self.lock, self.asked = threading.Lock(), 0
        socket_path = os.path.realpath(stack.data / "run") + "/own/mariadb.sock"
        self.process = subprocess.Popen(
            ["mariadb", f"--defaults-file={stack.data}/secrets/root.cnf", f"--socket={socket_path}", "--batch", "--skip-column-names",
             "--unbuffered", "crane"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            errors="replace")

    def rows(self, statement):
        """The rows as tuples of text; NULL is None."""
        with self.lock:
            self.asked += 1
            mark = f"end of answer {self.asked}"
            self.process.stdin.write(f"{statement};\nselect '{mark}';\n")
            self.process.stdin.flush()
            rows = []
            for line in self.process.stdout:
                line = line.rstrip("\n")
                if line == mark:
                    return rows
                rows.append(tuple(None if cell == "NULL" else unescaped(cell) for cell in line.split("\t")))
            raise RuntimeError(f"the database client has ended: {rows[-3:]}\nafter: {statement}")

    def value(self, statement):
        rows = self.rows(statement)
        assert len(rows) == 1 and len(rows[0]) == 1, f"{statement} gave {len(rows)} rows"
        return rows[0][0]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


def id_text(prefix, hexadecimal):
    """An id as clients see it, from the 16 bytes in the database."""
    number, digits = int(hexadecimal, 16), ""
    for _ in range(25):
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return f"{prefix}_{digits}"


def id_hex(text):
    """The 16 bytes of an id, as a literal for a statement."""
    return f"x'{int(text.split('_', 1)[1], 36):032x}'"
