#!/usr/bin/python3
"""Runs clang-tidy over all our .cpp files, and their headers through them: clang_tidy.py BUILD_FOLDER [FILE…]

Most of its time goes into the headers of the system, again for each file. So several files are looked at as one, which
includes them; files that name something of their own alike are kept apart. A file that was clean stays so until it, a
header of ours that it includes, its flags or .clang-tidy change. The notes of that are in BUILD_FOLDER/clang-tidy.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("shared", "handlers", "queue", "deploy", "tests")
JOBS = os.cpu_count() or 2
MOST_FILES, MOST_LINES = 12, 2500  # of a group
# What a file names for itself, in the style that clang-format writes: at the beginning of a line of an unnamed namespace.
UNNAMED = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.M | re.S)
NAMED = re.compile(r"^namespace ([\w:]+) \{$", re.M)
OWN_NAME = re.compile(r"^(?:struct|class|enum class|enum|union|using) (\w+)|^[A-Za-z][^;={}()\n]*?\b(\w+)(?:\(|\[|\{| =|;)", re.M)
MAIN = re.compile(r"^int main\(", re.M)


class Source:
    def __init__(self, entry):
        self.path = Path(entry["file"]).resolve()
        words = iter(shlex.split(entry["command"]))
        self.object = None
        self.flags = []
        for word in words:
            if word == "-o":
                self.object = next(words)
            elif word in ("-c", "-include"):  # the precompiled headers are the compiler's own; each file includes what it uses
                next(words)
            elif word.startswith("-") and not word.startswith("-W"):  # of what a compiler warns, the compilers told
                self.flags.append(word)
        text = self.path.read_text(encoding="utf-8")
        self.lines = text.count("\n")
        namespace = NAMED.search(text)
        scope = namespace[1] if namespace else ""
        self.names = {(scope, name) for part in UNNAMED.findall(text) for pair in OWN_NAME.findall(part) for name in pair if name}
        if MAIN.search(text):
            self.names.add("main")

    @property
    def language(self):
        """The flags but for where headers are and what is defined, in which files of a group may differ."""
        return [flag for flag in self.flags if not flag.startswith(("-I", "-D"))]

    def note(self, notes):
        return notes / (self.path.relative_to(ROOT).as_posix().replace("/", "+") + ".clean")


def sources(build):
    """Each file once, though several targets may use it."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        source = Source(entry)
        if any(source.path.is_relative_to(ROOT / folder) for folder in FOLDERS):
            found.setdefault(source.path, source)
    return [found[path] for path in sorted(found)]


def output_of(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.returncode, done.stdout


def headers(build):
    """Object to the files of ours that it was built from, as the last build saw it."""
    found, current = {}, None
    for line in output_of("ninja", "-C", str(build), "-t", "deps")[1].splitlines():
        if line.startswith(" "):
            path = (build / line.strip()).resolve()
            if current and path.is_relative_to(ROOT):
                found[current].append(path)
        else:
            current = line.split(": #deps")[0] if line.endswith("(VALID)") else None
            if current:
                found[current] = []
    return found


@functools.cache
def digest_of_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest(source, known, version):
    """Of everything that the outcome depends on; None when the headers are not known."""
    if source.object not in known:
        return None
    files = [source.path, ROOT / ".clang-tidy", *sorted(known[source.object])]
    return hashlib.sha256(json.dumps([version, source.flags, [digest_of_file(path) for path in files if path.exists()]]).encode()).hexdigest()


def groups(work):
    """Files that can be read as one: of the same language, none of which names what another one names."""
    made = []
    for source in work:
        for group in made:
            fits = (group[0].language == source.language and len(group) < MOST_FILES and sum(each.lines for each in group) + source.lines <= MOST_LINES
                    and not any(each.names & source.names for each in group))
            if fits:
                group.append(source)
                break
        else:
            made.append([source])
    return sorted(made, key=lambda group: -sum(each.lines for each in group))


def look_at(group, folder):
    """What is found in a group, or nothing."""
    together = folder / (hashlib.sha256("\n".join(str(each.path) for each in group).encode()).hexdigest()[:16] + ".cpp")
    together.write_text("".join(f'#include "{each.path}"  // NOLINT\n' for each in group), encoding="utf-8")
    flags = dict.fromkeys(flag for each in group for flag in each.flags)
    failed, found = output_of("clang-tidy", f"--config-file={ROOT}/.clang-tidy", "--quiet", str(together), "--", *flags)
    if failed and "[clang-diagnostic-error" in found and len(group) > 1:
        # They do name something alike, or one of them is broken.
        middle = len(group) // 2
        return look_at(group[:middle], folder) + look_at(group[middle:], folder)
    return (found or "clang-tidy failed and said nothing\n") if failed else ""


def main(build, *only):
    build = Path(build).resolve()
    notes = build / "clang-tidy"
    notes.mkdir(exist_ok=True)
    version, known = output_of("clang-tidy", "--version")[1], headers(build)
    every = sources(build)
    assert every, f"{build}/compile_commands.json names no file of {ROOT}"
    wanted = {(ROOT / name).resolve() for name in only}
    digests = {each: digest(each, known, version) for each in every if not wanted or each.path in wanted}
    work = [each for each, now in digests.items() if now is None or not each.note(notes).exists() or each.note(notes).read_text(encoding="ascii") != now]
    told = set()
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        made = groups(work)
        for group, found in zip(made, pool.map(lambda each: look_at(each, notes), made)):
            for source in group:
                source.note(notes).unlink(missing_ok=True)
                if not found and digests[source]:
                    source.note(notes).write_text(digests[source], encoding="ascii")
            # A fault of a header is found again by each group that includes it.
            for part in re.split(r"(?m)^(?=/\S+:\d+:\d+: (?:error|warning):)", found):
                if part.strip() and part not in told:
                    told.add(part)
                    print(part.replace(f"{ROOT}/", ""), end="", flush=True)
    print(f"{len(digests)} files, {len(work)} of them not known as clean, in {len(made)} groups: {len(told)} findings")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
