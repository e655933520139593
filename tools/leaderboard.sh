#!/usr/bin/env bash
# Trains and evaluates on the data sets it is given, with several seeds, and prints one table beside published figures.
# tools/leaderboard.sh --seeds 1,2,3 beauty=Beauty.txt,Beauty_item2attributes.json small=ml-latest-small
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
exec python3 "$root/tests/bench/leaderboard.py" --program "$root/build/infodiet" "$@"
