#!/usr/bin/env bash
# Sets up, builds everything and runs the whole test suite. Further arguments go to ctest: tools/test.sh -R Sample
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh" --tests
cd -- "$root"
cmake --preset release
cmake --build build --parallel "$(nproc)"
ctest --test-dir build --parallel 2 --output-on-failure "$@"
