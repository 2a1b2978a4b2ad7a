#!/usr/bin/python3
"""./crane bench [ROW …] [--quick]: measures this machine with a fresh installation of its own; README.md tells how to read it.

rows: memory start read latency queue post hot pool batch cursor (all of them unless named)
--quick           one short run of each instead of the median of three
--build-dir DIR   programs of another build; --no-build leaves the build as it is
--keep            leaves the installation's logs in build/bench/log"""
import argparse
import fcntl
import re
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import figures  # noqa: E402
import rows  # noqa: E402
from installation import ROOT, Installation  # noqa: E402
from start import start  # noqa: E402

# In the order in which they are measured: what wants an idle installation first, what fills the tables last.
ROWS = {"memory": rows.memory, "start": start, "read": rows.read, "latency": rows.latency, "queue": rows.queue, "post": rows.post,
        "hot": rows.hot, "pool": rows.pool, "batch": rows.batch, "cursor": rows.cursor}
PROGRAMS = ("crane-bench-load", "crane-bench-fixed", "crane-bench-bare")
OUT = ROOT / "build/bench"


def arguments():
    parser = argparse.ArgumentParser(prog="./crane bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--build-dir", type=Path, default=ROOT / "build/release")
    given = parser.parse_args()
    unknown = set(given.rows) - set(ROWS)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return given


def build(tree):
    """Crane's programs and the bench's own, in one tree. The lock is the launcher's: two builds would spoil each other."""
    tree.mkdir(parents=True, exist_ok=True)
    with open(tree / ".crane-lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cache = tree / "CMakeCache.txt"
        if not (cache.exists() and re.search(r"^CRANE_(BENCH|TESTS):BOOL=ON$", cache.read_text(), re.MULTILINE)):
            run_quietly("cmake", "-S", ROOT, "-B", tree, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCRANE_BENCH=ON")
        run_quietly("cmake", "--build", tree)


def run_quietly(*command):
    done = subprocess.run([*map(str, command)], text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit("crane: " + " ".join(map(str, command)) + " failed:\n" + done.stdout[-4000:])


def measure(given, machine, found, remarks):
    """Whether everything could be measured. A row that fails is remarked upon, and the next one follows."""
    names, is_whole = [name for name in ROWS if not given.rows or name in given.rows], True
    with Installation(given.build_dir) as made:
        bench = rows.Bench(made, seconds=3 if given.quick else 10, warm_up=1 if given.quick else 2, repeats=1 if given.quick else 3,
                           is_quick=given.quick)
        if "memory" in names:
            found += rows.memory(bench)  # before anything has warmed up
        made.furnish()
        made.start_bare()
        for name in names:
            if name == "memory":
                continue
            began = time.monotonic()
            try:
                found += ROWS[name](bench)
            except RuntimeError as fault:
                is_whole = False
                remarks.append(f"The row {name} was not measured. {fault}")
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            figures.write(OUT, machine, found, remarks)
        made.audit()
        alarms = made.alarms()
        if alarms:
            is_whole = False
            remarks.append(f"The programs' logs tell of {len(alarms)} faults, the first: {alarms[0]}")
        if given.keep:
            made.keep_logs(OUT / "log")
    return is_whole


def main():
    given = arguments()
    given.build_dir = given.build_dir.resolve()
    if not given.no_build:
        build(given.build_dir)
    missing = [name for name in PROGRAMS if not (given.build_dir / "bin" / name).exists()]
    if missing:
        sys.exit(f"crane: {given.build_dir}/bin has no {', '.join(missing)}; configure it with -DCRANE_BENCH=ON")
    machine, found, remarks = figures.machine(ROOT), [], []
    remarks.append("One short run each: a first look, no measurement." if given.quick else "Medians of three runs; Crane and peer took turns.")
    is_whole = measure(given, machine, found, remarks)
    print(figures.write(OUT, machine, found, remarks))
    print(f"Also in {(OUT / 'bench.md').relative_to(ROOT)} and bench.json.")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
