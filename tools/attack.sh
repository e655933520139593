#!/usr/bin/env bash
# The long form of the tests that attack files: every call refused once and for good, every sync lost, 300 people
# forgotten. Prints a table of what passed in how many seconds. Goes on where it was stopped: delete build/attack.txt to
# begin anew.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
cmake --preset release
cmake --build build --parallel "$(nproc)" --target test_faults test_recsys
results=build/attack.txt
touch "$results"
export INFODIET_ATTACK=1 INFODIET_FORGETS=300

attack() {
  local program=$1 filter=$2 test start outcome
  while read -r test; do
    if grep -qF "passed $test " "$results"; then continue; fi
    start=$SECONDS
    outcome=passed
    "build/$program" --gtest_filter="$test" >build/attack.log 2>&1 || outcome=FAILED
    echo "$outcome $test $((SECONDS - start)) s" | tee -a "$results"
    if [[ $outcome == FAILED ]]; then tail -n 30 build/attack.log; fi
  done < <("build/$program" --gtest_list_tests --gtest_filter="$filter" |
    awk '/^[^ ]/ { suite = $1 } /^ / { print suite $1 }')
}

attack test_faults '*'
attack test_recsys 'ForgetUser.*:ModelStore.ACheckpoint*'
echo
sort -k 2 "$results" | column -t
if grep -q ^FAILED "$results"; then exit 1; fi
