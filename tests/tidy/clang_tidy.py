#!/usr/bin/python3
"""Runs clang-tidy over all our .cpp files: clang_tidy.py BUILD_FOLDER [FILE…]

A file that was clean stays so until it, a header of ours that it includes, its flags or .clang-tidy change: then it is looked
at again. The notes of that are in BUILD_FOLDER/clang-tidy.
"""
import concurrent.futures
import hashlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("shared", "handlers", "queue", "deploy", "tests")
JOBS = 2
KEPT_FLAG = re.compile(r"-(I|D|U|std=|isystem)")


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def commands(build):
    """File to the flags that decide what it means."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"]).resolve()
        if any(path.is_relative_to(ROOT / folder) for folder in FOLDERS):
            yield path, [word for word in shlex.split(entry["command"]) if KEPT_FLAG.match(word)]


def digest(path, flags, version):
    """Of everything that the outcome depends on; None when the headers cannot be told."""
    failed, rule = output_of("clang++", "-MM", *flags, str(path))
    if failed:
        return None
    total = hashlib.sha256(json.dumps([version, flags]).encode())
    headers = rule.replace("\\\n", " ").split(":", 1)[1].split()
    for name in [ROOT / ".clang-tidy", *sorted(headers)]:
        total.update(Path(name).read_bytes() + b"\0")
    return total.hexdigest()


def look_at(path, flags, build, version):
    """What is found, or nothing."""
    note = build / "clang-tidy" / (path.relative_to(ROOT).as_posix().replace("/", "+") + ".clean")
    before = digest(path, flags, version)
    if before and note.exists() and note.read_text(encoding="ascii") == before:
        return ""
    note.unlink(missing_ok=True)
    failed, found = output_of("clang-tidy", "-p", str(build), "--quiet", str(path))
    if not failed and before:
        note.write_text(before, encoding="ascii")
    return found if failed else ""


def main(build, *only):
    build = Path(build).resolve()
    (build / "clang-tidy").mkdir(exist_ok=True)
    version = output_of("clang-tidy", "--version")[1]
    wanted = {(ROOT / name).resolve() for name in only}
    work = [(path, flags) for path, flags in sorted(commands(build)) if not wanted or path in wanted]
    assert work, f"{build}/compile_commands.json names no file of {ROOT}"
    told = set()
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for found in pool.map(lambda each: look_at(*each, build, version), work):
            # A fault of a header is found again by each file that includes it.
            for part in re.split(r"(?m)^(?=/\S+:\d+:\d+: (?:error|warning):)", found):
                if part.strip() and part not in told:
                    told.add(part)
                    print(part.replace(f"{ROOT}/", ""), end="", flush=True)
    print(f"{len(work)} files, {len(told)} findings")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
