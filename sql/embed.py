#!/usr/bin/python3
"""Makes queries.h out of sql/queries/<family>/<verb>.sql: one constant a file.

The comment at a file's top says what the query is for; it is not sent to the
server. usage: embed.py SQL_DIRECTORY OUTPUT_FILE"""
import pathlib
import sys

source, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
lines = [
    "// Made from sql/queries by sql/embed.py.",
    "#pragma once",
    "",
    '#include "shared/store/session.h"',
    "",
    "namespace crane::sql {",
]
for path in sorted((source / "queries").rglob("*.sql")):
    name = path.relative_to(source / "queries").with_suffix("").as_posix()
    text = "\n".join(l for l in path.read_text().splitlines() if not l.startswith("--")).strip()
    lines.append(f'inline constexpr store::Query {name.replace("/", "_")}{{"{name}", R"sql({text})sql"}};')
lines += ["}  // namespace crane::sql", ""]
content = "\n".join(lines)
if not output.exists() or output.read_text() != content:
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(content)
