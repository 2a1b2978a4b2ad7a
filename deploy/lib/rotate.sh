#!/usr/bin/env bash
# rotate.sh LOG PID_FILE: nginx writes its access log itself, so this keeps it to five files of 100 MB.
# Runs under supervisor beside nginx, which reopens its log at SIGUSR1.
set -u
log=$1
pid_file=$2
trap 'kill $!; exit' TERM
while sleep 60 & wait $!; do
    size=$(stat -c %s "$log" 2> /dev/null || echo 0)
    [ "$size" -ge 104857600 ] || continue
    for number in 3 2 1; do
        [ ! -e "$log.$number" ] || mv -f "$log.$number" "$log.$((number + 1))"
    done
    mv -f "$log" "$log.1"
    kill -USR1 "$(cat "$pid_file")"
done
