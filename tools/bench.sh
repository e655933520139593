#!/usr/bin/env bash
# Sets up, builds the benchmarks and prints one table of what they measured. Peers take part where their packages are
# installed: libtorch-dev, python3-torch, libfaiss-dev. Arguments name sections of the table: tools/bench.sh steps search
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh"
cd -- "$root"
cmake --preset release
targets=(infodiet benchmarks write_batches)
known=$(cmake --build build --target help)
for peer in torch faiss; do
  if [[ $known == *"benchmarks_$peer:"* ]]; then targets+=("benchmarks_$peer"); fi
done
cmake --build build --parallel "$(nproc)" --target "${targets[@]}"
exec python3 tests/bench/bench.py build "$@"
