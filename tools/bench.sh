#!/usr/bin/env bash
# Sets up, builds the benchmarks and prints one table of the results. Peers are measured if their packages are
# installed: libtorch-dev, python3-torch, libfaiss-dev. Arguments name sections: tools/bench.sh steps search
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh"
cd -- "$root"
cmake --preset release
cmake --build build --parallel "$(nproc)" --target infodiet benchmarks write_batches benchmark_peers
exec python3 tests/bench/bench.py build "$@"
