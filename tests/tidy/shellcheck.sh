#!/bin/sh
# Every shell script, by shellcheck.
set -eu
cd "$(dirname "$0")/../.."
exec shellcheck crane .ci/run deploy/lib/*.sh tests/*.sh tests/tidy/*.sh shared/app/openapi/signing/*.sh
