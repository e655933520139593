#!/usr/bin/env bash
# Checks beyond the tests, each with a verdict; arguments name parts, all by default:
#   asan      everything built by clang with warnings as errors, with the address and undefined-behaviour sanitizers; the
#             whole suite, and libFuzzer on each reader of bytes from outside, the same inputs each time
#   coverage  lines that the suite ran in asan, by folder; lists the others in folders with a goal of 95 %
#   tsan      the whole suite with the thread sanitizer
#   tidy      clang-tidy over the tree
# With CHECK_SHORT=1, for a change: asan leaves out tests that train or simulate for long, the report, the gallery and the documents;
# tsan runs only the tests made for it; tidy at most 12 sources that changed since CHECK_SINCE (by default main).
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/tools/setup.sh" --check
cd -- "$root"
short=${CHECK_SHORT:-}
jobs=$(nproc)
# Profiles of instrumented programs go where `coverage` looks, or nowhere.
export LLVM_PROFILE_FILE=/dev/null

run_tests() {
  local build=$1
  shift
  ctest --test-dir "$build" --parallel "$jobs" --output-on-failure --no-tests=error "$@"
}

asan() {
  if [[ $short == 1 ]]; then
    local readers=(import database safetensors npy settings command_line request)
    local trains='Train|Learn|Lesson|ComesNear|Predictable|LongSimulations|Validation|SimulateCommand|SharedRun'
    trains+='|PolicyRegistry|Report|KnowsWhatTheBest|Satiation.Reproduces'
    cmake --preset asan
    cmake --build build-asan --parallel "$jobs" --target test_{engine,recsys,rl,tools,fuzz,faults} "${readers[@]/#/fuzz_}"
    run_tests build-asan --label-regex '^(engine|recsys|libfuzzer)$' --exclude-regex 'Training|RealData'
    run_tests build-asan --label-regex '^(rl|tools|fuzz|faults)$' --exclude-regex "$trains"
  else
    cmake --preset asan -DINFODIET_COVERAGE=ON -DINFODIET_BENCHMARKS=ON
    cmake --build build-asan --parallel "$jobs"
    rm -rf build-asan/profiles
    # Profiles of one program are merged as its runs end: separately they would fill the disk.
    LLVM_PROFILE_FILE="$root/build-asan/profiles/%4m.profraw" run_tests build-asan
  fi
}

coverage() {
  local objects=() program # each after its -object, but for the first, which llvm-cov wants bare
  [[ -d build-asan/profiles ]] || asan
  # A program killed while writing leaves an unreadable profile.
  llvm-profdata merge -sparse -failure-mode=all build-asan/profiles/*.profraw -o build-asan/all.profdata
  for program in build-asan/test_* build-asan/infodiet build-asan/attention_gallery; do
    [[ -x $program && -f $program ]] && objects+=(-object "$program")
  done
  llvm-cov export -format=lcov -instr-profile build-asan/all.profdata "${objects[@]:1}" engine recsys rl tools |
    python3 tests/support/coverage_table.py "$root" recsys/store recsys/import engine/io
}

tsan() {
  # Some kernels randomise addresses more widely than clang 14's sanitizer supports.
  if [[ ${CHECK_PLACED:-} != 1 ]] && setarch "$(uname -m)" -R true 2>/dev/null; then
    CHECK_PLACED=1 exec setarch "$(uname -m)" -R "$root/tools/check.sh" tsan
  fi
  export TSAN_OPTIONS=suppressions=$root/tests/support/tsan.supp
  if [[ $short == 1 ]]; then
    # These tests are over in seconds; optimising what they run takes minutes.
    cmake --preset tsan -DCMAKE_CXX_FLAGS_DEBUG=-O0
    cmake --build build-tsan --parallel "$jobs" --target test_concurrency
    run_tests build-tsan --label-regex '^concurrency$'
  else
    cmake --preset tsan
    cmake --build build-tsan --parallel "$jobs"
    run_tests build-tsan
  fi
}

# The revision that a change is compared with, or nothing.
base_revision() {
  local main
  if [[ -n ${CHECK_SINCE:-} ]]; then
    git rev-parse "$CHECK_SINCE"
    return
  fi
  for main in origin/HEAD origin/main main; do
    if git merge-base --is-ancestor "$main" HEAD 2>/dev/null && [[ $(git rev-parse "$main") != "$(git rev-parse HEAD)" ]]; then
      git rev-parse "$main"
      return
    fi
  done
  git rev-parse --quiet --verify HEAD~1 || true
}

tidy() {
  local sources base
  # Not compiled by the release preset.
  local elsewhere=(':!tests/package' ':!tests/bench' ':!tests/fuzz/fuzzer.cpp')
  if [[ $short == 1 || -n ${CHECK_SINCE:-} ]]; then
    base=$(base_revision)
    if [[ -z $base ]]; then
      echo "check: this clone has no earlier revision, so nothing is known to have changed: no source was looked at"
      return
    fi
    mapfile -t sources < <(git diff --name-only --diff-filter=d "$base" -- '*.cpp' "${elsewhere[@]}")
    echo "check: ${#sources[@]} sources changed since $base"
    if [[ $short == 1 ]]; then sources=("${sources[@]:0:12}"); fi
  else
    mapfile -t sources < <(git ls-files 'engine/*.cpp' 'recsys/*.cpp' 'rl/*.cpp' 'tools/*.cpp' 'tests/*.cpp' \
      "${elsewhere[@]}")
  fi
  ((${#sources[@]})) || return 0
  # Clang cannot read headers that gcc precompiled, and clang-tidy looks at sources one by one.
  cmake --preset release -B build-tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_UNITY_BUILD=OFF
  printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$jobs" \
    clang-tidy -p build-tidy --quiet --extra-arg=-Wno-unknown-warning-option
}

parts=("$@")
((${#parts[@]})) || parts=(asan coverage tsan tidy)
if ((${#parts[@]} == 1)); then
  case ${parts[0]} in
    asan | coverage | tsan | tidy) "${parts[0]}" ;;
    *)
      echo "check: there is no part '${parts[0]}'; known are asan coverage tsan tidy" >&2
      exit 2
      ;;
  esac
  exit
fi
# Each part runs by itself, so that a failure does not stop the others.
verdicts=()
for part in "${parts[@]}"; do
  start=$SECONDS
  if "$root/tools/check.sh" "$part"; then verdict=passed; else verdict=FAILED; fi
  verdicts+=("$part $verdict in $(((SECONDS - start + 59) / 60)) min")
done
printf 'check: %s\n' "${verdicts[@]}"
[[ "${verdicts[*]}" != *FAILED* ]]
