# CMake and Ninja.
# shellcheck shell=bash

# build_tree NAME CMAKE_ARGUMENT…: configures build/NAME when it is new or the arguments are, and builds it.
build_tree() {
    local tree=$ROOT/build/$1
    shift
    [ -f "$ROOT/CMakeLists.txt" ] || die "There is no CMakeLists.txt in $ROOT; with --no-build, ready binaries are used."
    mkdir -p "$tree" || die "Cannot write $ROOT/build; run as the owner of the checkout, or use --no-build."
    # Two ninjas in one tree would spoil each other's work.
    exec 8> "$tree/.crane-lock"
    flock 8
    if [ ! -f "$tree/build.ninja" ] || [ "$*" != "$(cat "$tree/.crane-arguments" 2> /dev/null)" ]; then
        cmake -S "$ROOT" -B "$tree" -G Ninja "$@" > "$tree/configure.log" 2>&1 ||
            { tail -n 20 "$tree/configure.log" >&2; die "CMake could not configure $tree; the whole output is in its configure.log."; }
        echo "$*" > "$tree/.crane-arguments"
    fi
    if [ "$(ninja -C "$tree" -n 2> /dev/null | tail -n 1)" != "ninja: no work to do." ]; then run_ninja "$tree"; fi
    exec 8>&-
}

run_ninja() {
    local tree=$1
    say "Building ${tree#"$ROOT/"} (the first time takes minutes) …"
    if [ "$QUIET" = yes ]; then
        cmake --build "$tree" > "$tree/build.log" 2>&1 || { tail -n 30 "$tree/build.log" >&2; false; }
    else
        cmake --build "$tree"
    fi || die "The build of $tree failed; see above."
}

build_release() { build_tree release -DCMAKE_BUILD_TYPE=Release; }

build_for_tests() {
    local sanitized=(-DCRANE_TESTS=ON -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g -fno-omit-frame-pointer")
    build_tree release -DCMAKE_BUILD_TYPE=Release -DCRANE_TESTS=ON
    build_tree asan "${sanitized[@]}" -DCRANE_SANITIZE=address
    build_tree thread "${sanitized[@]}" -DCRANE_SANITIZE=thread
}
