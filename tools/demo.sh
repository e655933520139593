#!/usr/bin/env bash
# Sets up, builds the program, and runs its main job from end to end on the sample world, in build/demo.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh"
cd -- "$root"
cmake --preset release
cmake --build build --parallel "$(nproc)" --target infodiet

rm -rf build/demo
mkdir -p build/demo
cd build/demo
PATH="$root/build:$PATH"
unset INFODIET_DB

# Shows a command, then its output.
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

run infodiet sample --csv world
run infodiet import world
run infodiet info
run infodiet train
run infodiet evaluate
run infodiet recommend --user reader-113
item=$(infodiet recommend --user reader-113 -k 1 --json | sed -n 's/^ *"item": "\(.*\)",$/\1/p' | head -n 1)
run infodiet explain --user reader-113 --item "$item"
run infodiet diet --user reader-113
run infodiet simulate --environment satiation --policy all --learn --users 1000
run infodiet report -o report.html
