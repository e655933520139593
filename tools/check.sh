#!/usr/bin/env bash
# What goes beyond the tests, part by part, each with a verdict; arguments name the parts to do, all without any:
#   asan      the whole suite with address and undefined-behaviour sanitizers
#   tsan      the whole suite with the thread sanitizer
#   clang     everything built by clang with warnings as errors
#   tidy      clang-tidy over the tree; `CHECK_SINCE=REVISION` looks at what changed since then only
#   coverage  lines that the suite runs, by folder
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh" --check
cd -- "$root"
jobs=$(nproc)

suite() {
  cmake --preset "$1"
  cmake --build "build-$1" --parallel "$jobs"
  ctest --test-dir "build-$1" --parallel "$jobs" --output-on-failure
}

tidy() {
  cmake --preset release
  cmake --build build --parallel "$jobs" # the headers that the build writes
  local sources
  if [[ -n ${CHECK_SINCE:-} ]]; then
    mapfile -t sources < <(git diff --name-only --diff-filter=d "$CHECK_SINCE" -- '*.cpp')
  else
    mapfile -t sources < <(git ls-files 'engine/*.cpp' 'recsys/*.cpp' 'rl/*.cpp' 'tools/*.cpp' 'tests/*.cpp')
  fi
  ((${#sources[@]} == 0)) || printf '%s\0' "${sources[@]}" | xargs -0 -n 4 -P "$jobs" clang-tidy -p build --quiet
}

coverage() {
  local build=build-coverage
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang \
    -DCMAKE_CXX_FLAGS='-O1 -fprofile-instr-generate -fcoverage-mapping' -DINFODIET_BENCHMARKS=OFF
  cmake --build "$build" --parallel "$jobs"
  LLVM_PROFILE_FILE="$root/$build/profiles/%p.profraw" ctest --test-dir "$build" --parallel "$jobs" --output-on-failure
  llvm-profdata merge -sparse "$build"/profiles/*.profraw -o "$build/all.profdata"
  local objects=()
  for program in "$build"/test_* "$build/infodiet"; do
    [[ -x $program && -f $program ]] && objects+=(-object "$program")
  done
  llvm-cov export -summary-only -instr-profile "$build/all.profdata" "${objects[@]}" engine recsys rl tools |
    python3 tests/support/coverage_table.py "$root"
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
  if "$root/tools/check.sh" "$part"; then verdicts+=("$part passed"); else verdicts+=("$part FAILED"); fi
done
printf 'check: %s\n' "${verdicts[@]}"
[[ "${verdicts[*]}" != *FAILED* ]]
