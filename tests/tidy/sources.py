"""What the tests of the sources read: files, includes, C++ without its comments, queries, families."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOOR_FOLDERS = ("shared", "handlers", "queue", "deploy/admin")

# A raw string, a string, a character, or a comment: whichever begins first.
TOKEN = re.compile(r'R"(?P<mark>[^()\\\s]*)\((?P<raw>.*?)\)(?P=mark)"|"(?P<text>(?:[^"\\\n]|\\.)*)"'
                   r"|'(?:[^'\\\n]|\\.)+'|(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)", re.S)


def files(folders, *endings):
    """Files below folders of the repository, by their endings; what programs leave behind is none of them."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))
             if path.suffix in endings and "__pycache__" not in path.parts]
    assert found, f"no {endings} below {folders}"
    return found


def cpp_files(folders=FLOOR_FOLDERS):
    return files(folders, ".cpp", ".h")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def text_of(path):
    return path.read_text(encoding="utf-8")


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def without_comments(text):
    """The code, its lines where they were; strings stay."""
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]) if m["line"] or m["block"] else m[0], text)


def without_comments_and_strings(text):
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def strings(text):
    """(line, content) of every string literal."""
    for match in TOKEN.finditer(text):
        content = match["raw"] if match["raw"] is not None else match["text"]
        if content is not None:
            yield line_of(text, match.start()), content


def includes(text):
    """(line, header, quoted) of every #include."""
    for match in re.finditer(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', text, re.M):
        yield line_of(text, match.start()), match[1] or match[2], bool(match[1])


def queries():
    """Name to statement, as sql/embed.py embeds it: without the lines that are comments."""
    folder = ROOT / "sql/queries"
    return {path.relative_to(folder).with_suffix("").as_posix():
            "\n".join(line for line in text_of(path).splitlines() if not line.startswith("--")).strip()
            for path in files(["sql/queries"], ".sql")}


def families():
    """[(pattern, family)] of nginx/families.conf, in its order."""
    lines = [line.split("#", 1)[0].strip() for line in text_of(ROOT / "nginx/families.conf").splitlines()]
    found = []
    for line in filter(None, lines):
        match = re.fullmatch(r'"?~(\*?)(?P<pattern>\S+?)"?\s+(?P<family>\w+);', line)
        assert match, f"nginx/families.conf: this line is not a pattern and a family: {line}"
        found.append((re.compile(match["pattern"], re.I if match[1] else 0), match["family"]))
    return found
