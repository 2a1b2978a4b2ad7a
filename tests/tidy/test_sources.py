"""What every file keeps to: exact money, headers that say what they are for, files of a readable length, nothing left undone."""
import re

import sources

EXACT = ("shared/base/money.h", "shared/base/money.cpp", "shared/base/decimal.h", "shared/base/decimal.cpp")
EXACT_FOLDERS = ("shared/domain", "shared/service", "shared/store")
FLOATING = re.compile(r"\b(double|float|strtod|strtof|stod|stof|atof|getDouble|setDouble|pow|round|floor|ceil)\b|<cmath>|\b\d+\.\d*\b|\b\d+[eE][-+]?\d+\b")

MOST_LINES = 400  # a longer file is two
OUR_FOLDERS = (".ci", "deploy", "handlers", "nginx", "queue", "shared", "sql", "tests")
TEXTS = (".cpp", ".h", ".py", ".sh", ".sql", ".conf", ".cnf", ".md", ".txt", ".yaml", ".json", ".csv", ".ini", ".html", ".css", ".js", ".service", ".socket", "")


def texts():
    """(name, text) of every text file of the repository."""
    top = [path for path in sorted(sources.ROOT.iterdir()) if path.is_file() and (path.suffix in TEXTS or path.name.startswith(".clang"))]
    below = sources.files([folder for folder in OUR_FOLDERS if (sources.ROOT / folder).is_dir()], *TEXTS)
    for path in [*top, *below]:
        if path.is_file():
            yield sources.name_of(path), sources.text_of(path)


def test_no_floating_point_touches_money():
    faults = []
    for path in [*(sources.ROOT / name for name in EXACT), *sources.cpp_files(EXACT_FOLDERS)]:
        code = sources.without_comments_and_strings(sources.text_of(path))
        faults += [f"{sources.name_of(path)}:{sources.line_of(code, match.start())}: {match[0]}" for match in FLOATING.finditer(code)]
    assert not faults, "\n".join(faults)


def test_a_header_begins_by_saying_what_it_is_for():
    faults = [sources.name_of(path) for path in sources.files(sources.FLOOR_FOLDERS, ".h")
              if not re.match(r"// \S.*\n(//.*\n)*#pragma once\n", sources.text_of(path))]
    assert not faults, "\n".join(faults)


def test_files_are_no_longer_than_one_can_read():
    faults = [f"{sources.name_of(path)} has {lines} lines" for path in sources.files(("shared", "handlers", "queue", "deploy"), ".cpp", ".h", ".py", ".sh", ".sql")
              if (lines := sources.text_of(path).count("\n")) > MOST_LINES]
    assert not faults, "\n".join(faults)


def test_nothing_is_left_undone():
    words = re.compile("|".join((r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"\bX" r"XX\b", r"\bHA" r"CK\b")))
    faults = [f"{name}:{sources.line_of(text, match.start())}: {match[0]}" for name, text in texts() for match in words.finditer(text)]
    assert not faults, "\n".join(faults)


def test_no_file_knows_the_machine_that_it_was_written_on():
    homes = re.compile(r"/(?:home|Users)/\w+|/root/\w+")
    faults = [f"{name}:{sources.line_of(text, match.start())}: {match[0]}" for name, text in texts()
              for match in re.finditer(homes.pattern + "|" + re.escape(str(sources.ROOT)) + r"\b", text)]
    assert not faults, "\n".join(faults)


def test_lines_end_alike():
    faults = []
    for name, text in texts():
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            faults.append(f"{name} does not end with one line break")
        if "\r" in text and not name.endswith(".csv"):
            faults.append(f"{name} has carriage returns")
        if "\t" in text and name.endswith((".cpp", ".h", ".py", ".sql", ".yaml")):
            faults.append(f"{name} has tabs")
    assert not faults, "\n".join(faults)


def test_comments_of_queries_stand_at_the_top():
    faults = []
    for path in sources.files(["sql/queries"], ".sql"):
        lines = sources.text_of(path).splitlines()
        head = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
        faults += [f"{sources.name_of(path)}:{number + 1}" for number, line in enumerate(lines) if number > head and "--" in line]
    assert not faults, "\n".join(faults)


def pages():
    return [(name, text) for name, text in texts() if name.endswith(".md")]


def test_the_tests_that_a_page_names_exist():
    named = [(name, *match.groups()) for name, text in pages() for match in re.finditer(r"`(tests/[\w/]+\.py)::(\w+)`", text)]
    assert len(named) > 20
    faults = [f"{name}: {path}::{test}" for name, path, test in named
              if not (sources.ROOT / path).is_file() or f"def {test}(" not in sources.text_of(sources.ROOT / path)]
    assert not faults, "\n".join(faults)


def test_the_files_that_a_page_leads_to_exist():
    faults = [f"{name}: {target}" for name, text in pages() for target in re.findall(r"\]\((?!https?:|#|/)([^)#\s]+)", text)
              if not (sources.ROOT / name).parent.joinpath(target).exists()]
    assert not faults, "\n".join(faults)
