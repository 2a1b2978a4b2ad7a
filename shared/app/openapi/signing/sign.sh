#!/usr/bin/env bash
# Sends one signed request with curl and openssl: sign.sh METHOD PATH [BODY]
#
# PATH has the query with it, percent-encoded. Reads CRANE_URL, CRANE_KEY and CRANE_SIGNING_SECRET, and CRANE_CACERT if
# the server's certificate is signed by an authority of its own.
#
#   ./sign.sh GET "/organizations/$CRANE_ORGANIZATION/accounts?limit=5"
set -euo pipefail

method=$1
target=$2
body=${3-}

seconds=$(date +%s)
nonce=$(openssl rand -hex 16)
digest=$(printf '%s' "$body" | openssl dgst -sha256 -r | cut -d' ' -f1)
signature=$(printf '%s\n%s\n%s\n%s\n%s' "$seconds" "$nonce" "$method" "$target" "$digest" |
    openssl dgst -sha256 -hmac "$CRANE_SIGNING_SECRET" -r | cut -d' ' -f1)

options=(--silent --show-error --path-as-is --globoff --request "$method")
if [ -n "${CRANE_CACERT-}" ]; then options+=(--cacert "$CRANE_CACERT"); fi
if [ -n "$body" ]; then options+=(--header 'Content-Type: application/json' --data-binary "$body"); fi

exec curl "${options[@]}" \
    --header "Authorization: Bearer $CRANE_KEY" \
    --header "Crane-Signature: t=$seconds,n=$nonce,v1=$signature" \
    "$CRANE_URL$target"
