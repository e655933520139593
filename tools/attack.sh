#!/usr/bin/env bash
# The long form of the tests that attack: every call refused once and for good, every sync lost, 300 people forgotten,
# thousands of failing allocations and of flipped bytes, readers beside writers; 100 kills of a service that is written
# to, a million lists with random filters, a million hostile requests, ten minutes of everything at once; and libFuzzer on
# each reader of bytes from outside for ATTACK_MINUTES (20) minutes. Prints a table of what passed in how many seconds.
# Goes on where it was stopped: delete build/attack.txt to begin anew.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
jobs=$(nproc)
programs=(test_faults test_recsys test_tools test_concurrency test_fuzz)
cmake --preset release
cmake --build build --parallel "$jobs" --target infodiet "${programs[@]}"
results=build/attack.txt
touch "$results"
export INFODIET_ATTACK=1 INFODIET_FORGETS=300 INFODIET_FLIPS=3000 INFODIET_LONG_TESTS=1

# Does one thing unless it has passed before; what it says beside its verdict is the last line of `detail`.
attempt() {
  local name=$1 start=$SECONDS outcome=passed
  shift
  if grep -q "^passed $name " "$results"; then return; fi
  "$@" >build/attack.log 2>&1 || outcome=FAILED
  echo "$outcome $name $((SECONDS - start)) s$(detail)" | tee -a "$results"
  if [[ $outcome == FAILED ]]; then tail -n 30 build/attack.log; fi
}

detail() {
  awk '/stat::number_of_executed_units/ { runs = $2 } / cov: / { for (i = 1; i < NF; ++i) if ($i == "cov:") edges = $(i + 1) }
    END { if (runs) printf ", %d runs, %d edges", runs, edges }' build/attack.log
}

attack() {
  local program=$1 filter=$2 test
  while read -r test; do
    attempt "$test" "build/$program" --gtest_filter="$test"
  done < <("build/$program" --gtest_list_tests --gtest_filter="$filter" |
    awk '/^[^ ]/ { suite = $1 } /^ / { print suite $1 }')
}

fuzz() {
  local target=$1 corpus=build-asan/corpus/$1 dump seed
  mkdir -p "$corpus"
  if [[ $target == database ]]; then
    for dump in tests/golden/schema/*.sql; do
      seed=$corpus/$(basename "$dump" .sql)
      [[ -e $seed ]] || sqlite3 "$seed" <"$dump"
    done
  else
    cp --no-clobber "tests/fuzz/corpus/$target"/* "$corpus"
  fi
  attempt "fuzz_$target" env TMPDIR=/dev/shm "build-asan/fuzz_$target" "$corpus" -dict="tests/fuzz/corpus/$target.dict" \
    -max_total_time="$((60 * ${ATTACK_MINUTES:-20}))" -max_len=200000 -timeout=60 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="build-asan/found-$target-"
}

export INFODIET_PROGRAM=$root/build/infodiet INFODIET_SERVE_KILLS=100 INFODIET_SERVE_LISTS=1000000 \
  INFODIET_SERVE_HOSTILE=1000000 INFODIET_SERVE_LOAD_SECONDS=600 INFODIET_SERVE_SLOW=1

attack_service() {
  local test
  for test in Kept.test_no_acknowledged_feedback_is_lost_by_a_kill Lists.test_random_filters_give_what_brute_force_gives \
    Refusals.test_hostile_bytes_end_in_an_answer_or_a_closed_connection \
    Refusals.test_a_slow_request_is_cut_off_and_holds_nobody_up Load.test_nothing_fails_while_all_is_done_at_once; do
    attempt "$test" python3 tests/tools/serve/service_test.py "$test"
  done
}

attack test_faults '*'
attack test_recsys 'ForgetUser.*:ModelStore.ACheckpoint*'
attack_service
attack test_tools 'Resources.*:Damage.*'
attack test_concurrency '*'
attack test_fuzz '*'
if command -v clang++ >/dev/null; then
  targets=(import database safetensors npy settings command_line request)
  cmake --preset asan
  cmake --build build-asan --parallel "$jobs" --target "${targets[@]/#/fuzz_}"
  for target in "${targets[@]}"; do fuzz "$target"; done
else
  echo "attack: without clang++ there is no libFuzzer: tools/setup.sh --check installs it" >&2
fi
echo
sort -k 2 "$results" | column -t
if grep -q ^FAILED "$results"; then exit 1; fi
