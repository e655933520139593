#!/usr/bin/env bash
# What goes beyond the tests, part by part, each with a verdict; arguments name the parts to do, all without any:
#   asan      the whole suite with address and undefined-behaviour sanitizers, by clang
#   tsan      the whole suite with the thread sanitizer
#   clang     everything built by clang with warnings as errors
#   tidy      clang-tidy over the tree; `CHECK_SINCE=REVISION` looks at what changed since then only
#   coverage  lines that the suite runs, by folder, and those it does not where 95 % are wanted
# With CHECK_SHORT=1, for a change: asan is of what reads and stores (engine, recsys), without training;
# tsan of the tests that are made for it.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh" --check
cd -- "$root"
jobs=$(nproc)
# Profiles of programs that were built to count lines go where `coverage` looks, or nowhere.
export LLVM_PROFILE_FILE=/dev/null

suite() {
  local preset=$1 programs=() tests=()
  if [[ ${CHECK_SHORT:-} == 1 && $preset == asan ]]; then
    programs=(--target test_engine test_recsys test_faults)
    tests=(--label-regex '^(engine|recsys|faults)$' --exclude-regex 'Training|RealData')
  elif [[ ${CHECK_SHORT:-} == 1 ]]; then
    programs=(--target test_concurrency)
    tests=(--label-regex '^concurrency$')
  fi
  cmake --preset "$preset"
  cmake --build "build-$preset" --parallel "$jobs" "${programs[@]}"
  ctest --test-dir "build-$preset" --parallel "$jobs" --output-on-failure --no-tests=error "${tests[@]}"
}

tidy() {
  cmake --preset release
  cmake --build build --parallel "$jobs" --target infodiet_tools # the headers that the build writes
  local sources
  if [[ -n ${CHECK_SINCE:-} ]]; then
    mapfile -t sources < <(git diff --name-only --diff-filter=d "$CHECK_SINCE" -- '*.cpp' ':!tests/package' ':!tests/bench')
  else
    mapfile -t sources < <(git ls-files 'engine/*.cpp' 'recsys/*.cpp' 'rl/*.cpp' 'tools/*.cpp' 'tests/*.cpp')
  fi
  ((${#sources[@]} == 0)) || printf '%s\0' "${sources[@]}" | xargs -0 -n 4 -P "$jobs" clang-tidy -p build --quiet
}

coverage() {
  local folder=build-coverage objects=() program
  cmake --preset clang -B "$folder" -DINFODIET_COVERAGE=ON -DINFODIET_BENCHMARKS=OFF -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG=-O1
  cmake --build "$folder" --parallel "$jobs"
  # Runs of one program are added up as they end: apart they would fill the disk.
  LLVM_PROFILE_FILE="$root/$folder/profiles/%4m.profraw" ctest --test-dir "$folder" --parallel "$jobs" --output-on-failure
  llvm-profdata merge -sparse "$folder"/profiles/*.profraw -o "$folder/all.profdata"
  for program in "$folder"/test_* "$folder/infodiet" "$folder/attention_gallery"; do
    [[ -x $program && -f $program ]] && objects+=(-object "$program")
  done
  llvm-cov export -format=lcov -instr-profile "$folder/all.profdata" "${objects[@]}" engine recsys rl tools |
    python3 tests/support/coverage_table.py "$root" recsys/store recsys/import engine/io
}

parts=("$@")
((${#parts[@]})) || parts=(asan tsan clang tidy coverage)
if ((${#parts[@]} == 1)); then
  case ${parts[0]} in
    asan | tsan) suite "${parts[0]}" ;;
    clang) cmake --preset clang && cmake --build build-clang --parallel "$jobs" ;;
    tidy | coverage) "${parts[0]}" ;;
    *)
      echo "check: there is no part '${parts[0]}'; known are asan tsan clang tidy coverage" >&2
      exit 2
      ;;
  esac
  exit
fi
# Each part by itself, so that a failed one does not keep the others from being done.
verdicts=()
for part in "${parts[@]}"; do
  start=$SECONDS
  if "$root/tools/check.sh" "$part"; then verdict=passed; else verdict=FAILED; fi
  verdicts+=("$part $verdict in $(((SECONDS - start + 59) / 60)) min")
done
printf 'check: %s\n' "${verdicts[@]}"
[[ "${verdicts[*]}" != *FAILED* ]]
