#!/bin/sh
# Every .cpp and .h is as clang-format would write it.
set -eu
cd "$(dirname "$0")/../.."
find shared handlers queue deploy tests \( -name '*.cpp' -o -name '*.h' \) -print0 | sort -z |
    xargs -0 clang-format --dry-run --Werror --style=file
