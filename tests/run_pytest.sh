#!/bin/sh
# The tests that talk to a running installation: run_pytest.sh [PYTEST ARGUMENT…]. CRANE_BUILD names the build (build/release).
set -eu
cd "$(dirname "$0")"
export PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
: "${CRANE_BUILD:=$(pwd)/../build/release}"
export CRANE_BUILD
if [ $# -eq 0 ]; then set -- api scenarios contract; fi
exec /usr/bin/python3 -m pytest -q "$@"
