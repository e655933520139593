#!/usr/bin/env bash
# Runs libFuzzer on one target with its dictionary, from the corpus in the repository:
#   tests/fuzz/run.sh PROGRAM CORPUS [libFuzzer's options]
# PROGRAM is .../fuzz_<target>. CORPUS is a folder for inputs that reach new code; - keeps none.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
program=$1 corpus=$2
target=${program##*/fuzz_}
shift 2
if [[ $corpus == - ]]; then
  corpus=$(mktemp -d)
  trap 'rm -rf "$corpus"' EXIT
fi
mkdir -p "$corpus"
if [[ $target == database ]]; then
  for dump in "$here"/../golden/schema/*.sql; do
    seed=$corpus/$(basename "$dump" .sql)
    [[ -e $seed ]] || sqlite3 "$seed" <"$dump"
  done
else
  cp --no-clobber "$here/corpus/$target"/* "$corpus"
fi
"$program" "$corpus" -dict="$here/corpus/$target.dict" -max_len=200000 -timeout=60 -rss_limit_mb=4096 "$@"
