"""Statements as the programs sent them, out of the server's general log."""
import re

from statements import literal

ENTRY = re.compile(rb"^(?:\d{6} +\d+:\d\d:\d\d|\t)\t *(\d+) (\w+(?: \w+)?)\t", re.M)
TEXT = re.compile(rb"'((?:[^'\\]|\\.|'')*)'", re.S)
ESCAPES = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a"}


def logged_statements(log):
    entries = list(ENTRY.finditer(log))
    for entry, following in zip(entries, [*entries[1:], None]):
        if entry[2] == b"Execute":
            yield log[entry.end():following.start() if following else len(log)].strip()


def readable(statement):
    """The statement as text: bytes that are no text become x'…'."""
    def one(match):
        plain = re.sub(rb"\\(.)|''", lambda m: ESCAPES.get(m[1], m[1]) if m[1] else b"'", match[1], flags=re.S)
        try:
            text = plain.decode()
            return (literal(text) if text.isprintable() else f"x'{plain.hex()}'").encode()
        except UnicodeDecodeError:
            return f"x'{plain.hex()}'".encode()
    return TEXT.sub(one, statement).decode()


VALUE = r"(?:NULL|-?\d+|x?'(?:[^'\\]|\\.|'')*')"


def shape_of(statement):
    return re.sub(r"\?(?:, \?)+", "?, …", re.sub(r"(?<![\w.])" + VALUE, "?", statement))


def table_behind(text, alias):
    """The table that an alias of a statement stands for."""
    match = re.search(rf"\b(?:from|join|update|into)\s+(\w+)\s+(?:as\s+)?{alias}\b", text, re.I)
    return match[1] if match else alias
