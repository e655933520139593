#!/usr/bin/env bash
# The long form of the robustness tests; arguments name parts, all by default:
#   disk      every writing call of import, train, publish, forget, simulate and export fails, once and permanently; the
#             process killed there, power cut at every sync; 300 people forgotten
#   kills     300 programs killed at random times on one file, compared with a model in memory
#   memory    2,000 allocations that fail, threads that do not start, 3,000 files with a flipped byte
#   readers   readers during training, import, forgetting and publishing
#   service   100 kills of a service during writes, a million lists with random filters, a million hostile requests,
#             ten minutes of everything at once
#   fuzz      libFuzzer on each reader of bytes from outside for ATTACK_MINUTES (20) minutes, with clang
# Prints a table of what was attacked, with wall-clock and CPU seconds. Resumes where it was stopped: delete
# build/attack.txt to start over.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"
jobs=$(nproc)
results=build/attack.txt
mkdir -p build
touch "$results"
export INFODIET_ATTACK=1 INFODIET_FORGETS=300 INFODIET_FLIPS=3000 INFODIET_KILLS=300 INFODIET_ALLOCATIONS=2000

# Runs one test unless it has passed before.
attempt() {
  local name=$1 start=$SECONDS outcome=passed
  shift
  if grep -q "^passed"$'\t'"$name"$'\t' "$results"; then return; fi
  local TIMEFORMAT='%U %S'
  { time "$@" >build/attack.log 2>&1; } 2>build/attack.time || outcome=FAILED
  printf '%s\t%s\t%d s\t%.0f s\t%s\n' "$outcome" "$name" "$((SECONDS - start))" \
    "$(tail -n 1 build/attack.time | awk '{ print $1 + $2 }')" "$(detail)" | tee -a "$results"
  if [[ $outcome == FAILED ]]; then tail -n 30 build/attack.log; fi
}

# The figures that a test prints, or what libFuzzer did.
detail() {
  awk '/^attack: / { said = said separator substr($0, 9); separator = "; " }
    /stat::number_of_executed_units/ { runs = $2 }
    / cov: / { for (i = 1; i < NF; ++i) if ($i == "cov:") edges = $(i + 1) }
    END { if (runs) printf "%d runs, %d edges", runs, edges; else printf "%s", said }' build/attack.log
}

attack() {
  local program=$1 filter=$2 test
  while read -r test; do
    attempt "$test" "build/$program" --gtest_filter="$test"
  done < <("build/$program" --gtest_list_tests --gtest_filter="$filter" |
    awk '/^[^ ]/ { suite = $1 } /^ / { print suite $1 }')
}

fuzz() {
  attempt "fuzz_$1" env TMPDIR=/dev/shm tests/fuzz/run.sh "build-asan/fuzz_$1" "build-asan/corpus/$1" \
    -max_total_time="$((60 * ${ATTACK_MINUTES:-20}))" -print_final_stats=1 -artifact_prefix="build-asan/found-$1-"
}

export INFODIET_PROGRAM=$root/build/infodiet INFODIET_SERVE_KILLS=100 INFODIET_SERVE_LISTS=1000000 \
  INFODIET_SERVE_HOSTILE=1000000 INFODIET_SERVE_LOAD_SECONDS=600 INFODIET_SERVE_SLOW=1

build() {
  cmake --preset release
  cmake --build build --parallel "$jobs" --target "$@"
}

part() {
  local test target targets=(import database safetensors npy settings command_line request)
  case $1 in
    disk)
      build test_faults test_recsys
      attack test_faults '*'
      attack test_recsys 'ForgetUser.*:ModelStore.ACheckpoint*'
      ;;
    kills)
      build test_tools
      attack test_tools 'RandomKills.*'
      ;;
    memory)
      build test_tools
      attack test_tools 'Resources.*'
      attack test_tools 'Damage.*'
      ;;
    readers)
      build test_concurrency
      attack test_concurrency '*'
      ;;
    service)
      build infodiet
      for test in Kept.test_no_acknowledged_feedback_is_lost_by_a_kill Lists.test_random_filters_give_what_brute_force_gives \
        Refusals.test_hostile_bytes_end_in_an_answer_or_a_closed_connection \
        Refusals.test_a_slow_request_is_cut_off_and_holds_nobody_up Load.test_nothing_fails_while_all_is_done_at_once; do
        attempt "$test" python3 "tests/tools/serve/$(tr '[:upper:]' '[:lower:]' <<<"${test%%.*}")_test.py" "$test"
      done
      ;;
    fuzz)
      if ! command -v clang++ >/dev/null; then
        echo "attack: without clang++ there is no libFuzzer, only changed copies: tools/setup.sh --check installs it" >&2
        build test_fuzz
        attack test_fuzz '*'
        return
      fi
      cmake --preset asan
      cmake --build build-asan --parallel "$jobs" --target "${targets[@]/#/fuzz_}"
      for target in "${targets[@]}"; do fuzz "$target"; done
      ;;
    *)
      echo "attack: unknown part '$1'; known are disk kills memory readers service fuzz" >&2
      exit 2
      ;;
  esac
}

parts=("$@")
((${#parts[@]})) || parts=(disk kills memory readers service fuzz)
for name in "${parts[@]}"; do part "$name"; done
echo
sort -k 2 "$results" | column -t -s $'\t' -N verdict,attack,clock,processor,'what was attacked'
if grep -q ^FAILED "$results"; then exit 1; fi
