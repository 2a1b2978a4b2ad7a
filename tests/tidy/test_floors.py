"""Includes point downward only: each floor knows those below it, and the doors to the outside world do not see each other."""
import sources

# The floors from the ground up. Folders of one floor do not see each other, but where it says so.
FLOORS = (
    ("shared/base",),
    ("shared/domain",),
    ("shared/store", "shared/http", "shared/redis", "shared/json", "shared/outbound", "shared/pdf", "shared/mail"),
    ("shared/service",),
    ("shared/app",),
    ("handlers", "queue", "deploy/admin"),
)
LEVELS = {folder: level for level, folders in enumerate(FLOORS) for folder in folders}
# A floor whose parts stand beside each other: use cases use each other, the pipeline is one whole.
SIDEWAYS = {
    # The worker links every family's operations.
    ("queue", "handlers"),
}
# A program that runs what others declare links their table as the worker does; its family knows it as an argument only.
MAINS = {("handlers/drafts/main.cpp", "queue/operations.h"), ("handlers/organizations/main.cpp", "queue/operations.h")}


def folder_of(name):
    """The longest known folder that a file is in; a family of handlers is a folder of its own."""
    found = max((folder for folder in LEVELS if name.startswith(folder + "/")), key=len, default=None)
    assert found, f"{name} is on no floor; tests/tidy/test_floors.py lists them"
    return found


def room_of(name):
    """What may be entered from within only: handlers/accounts, shared/store."""
    folder = folder_of(name)
    return "/".join(name.split("/")[:2]) if folder == "handlers" else folder


def fault_of(name, header):
    """Why this arrow is wrong, or None."""
    here, there = folder_of(name), folder_of(header)
    if LEVELS[there] < LEVELS[here] or room_of(name) == room_of(header) or (here, there) in SIDEWAYS or (name, header) in MAINS:
        return None
    return "runs up" if LEVELS[there] > LEVELS[here] else "runs sideways"


def test_includes_point_downward():
    faults = []
    for path in sources.cpp_files():
        name, text = sources.name_of(path), sources.text_of(path)
        for line, header, is_quoted in sources.includes(text):
            if not is_quoted:
                continue
            fault = fault_of(name, header)
            if fault:
                faults.append(f"{name}:{line} includes {header}, which {fault}")
    assert not faults, "\n".join(faults)


def test_quoted_headers_are_ours_and_named_from_the_root():
    made = {"shared/store/queries.h"}
    faults = [f"{sources.name_of(path)}:{line} includes \"{header}\""
              for path in sources.cpp_files() for line, header, is_quoted in sources.includes(sources.text_of(path))
              if is_quoted and header not in made and not (sources.ROOT / header).is_file()]
    assert not faults, "\n".join(faults)


def test_the_rule_knows_right_from_wrong():
    for name, header, expected in (
            ("shared/base/id.cpp", "shared/base/random.h", None),
            ("shared/domain/posting.h", "shared/base/money.h", None),
            ("shared/base/money.h", "shared/domain/posting.h", "runs up"),
            ("shared/domain/posting.h", "shared/store/session.h", "runs up"),
            ("shared/store/accounts.h", "shared/domain/posting.h", None),
            ("shared/store/session.cpp", "shared/json/json.h", "runs sideways"),
            ("shared/http/fastcgi.cpp", "shared/redis/redis.h", "runs sideways"),
            ("shared/outbound/poster.cpp", "shared/store/session.h", "runs sideways"),
            ("shared/outbound/poster.cpp", "shared/base/public_address.h", None),
            ("shared/service/ledger.cpp", "shared/service/slots.h", None),
            ("shared/service/ledger.cpp", "shared/app/gate.h", "runs up"),
            ("handlers/accounts/json.cpp", "handlers/accounts/json.h", None),
            ("handlers/accounts/json.cpp", "handlers/jobs/routes.h", "runs sideways"),
            ("handlers/accounts/json.cpp", "queue/worker.h", "runs sideways"),
            ("queue/operations.cpp", "handlers/jobs/operations.h", None),
            ("handlers/drafts/main.cpp", "queue/operations.h", None),
            ("handlers/drafts/drafted.cpp", "queue/operations.h", "runs sideways"),
            ("shared/app/program.cpp", "queue/worker.h", "runs up")):
        assert fault_of(name, header) == expected, (name, header)


# What a header of a library may be included by: the one file that is its door.
DOORS = {
    r"^(cppconn/|mysql|mysqlx/|jdbc/|mariadb/)": ("shared/store/session.cpp",),
    r"^(fcgi|fcgiapp|fcgio|fcgi_)": ("shared/http/fastcgi.cpp",),
    r"^hiredis/": ("shared/redis/redis.cpp",),
    r"^(cjson/|cJSON)": ("shared/json/",),
    r"^spdlog/": ("shared/base/log.cpp",),
    r"^date/": ("shared/base/",),
}


def test_each_library_has_one_door():
    import re
    faults = []
    for path in sources.cpp_files():
        name = sources.name_of(path)
        for line, header, _ in sources.includes(sources.text_of(path)):
            for pattern, doors in DOORS.items():
                if re.match(pattern, header) and not any(name == door or (door.endswith("/") and name.startswith(door)) for door in doors):
                    faults.append(f"{name}:{line} includes {header}, whose door is {' '.join(doors)}")
    assert not faults, "\n".join(faults)
