#!/usr/bin/env bash
# Installs missing Debian packages for building and running; with --tests those of the test suite too, with --check also
# those of tools/check.sh. If none is missing it does nothing and needs no network. These are the project's only lists
# of packages.
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config dpkg-dev                              # to build and to package
  libxtensor-dev libxtensor-blas-dev libxsimd-dev libopenblas-dev        # arrays and matrix products
  librandom123-dev                                                       # counter-based randomness
  libsqlite3-dev sqlite3 libxxhash-dev                                   # the database file and its checksums
  libboost-program-options-dev libboost-iostreams-dev                    # command line; gzip
  libcsv-dev libzip-dev zlib1g-dev nlohmann-json3-dev libfmt-dev         # formats
  libjs-vega                                                             # the charts of report
  libcpp-httplib-dev libssl-dev libbrotli-dev prometheus-cpp-dev         # the service
  libgtest-dev libgmock-dev libbenchmark-dev                             # tests and benchmarks
)
if [[ ${1-} == --tests || ${1-} == --check ]]; then
  packages+=(
    python3 python3-numpy                                                # numpy reads our weights in a test
    curl                                                                 # the documents' commands, which a test runs
    chromium                                                             # looks at the pages of report and gallery
    zsh fish                                                             # are completed for
    libopenmpi-dev openmpi-bin                                           # jobs of several processes
  )
  # A test runs a JavaScript client. Another Node.js works too, and may conflict with Debian's.
  command -v npm >/dev/null || packages+=(nodejs npm)
fi
if [[ ${1-} == --check ]]; then
  packages+=(clang clang-tidy llvm libclang-rt-14-dev shellcheck)          # sanitizers, another compiler, coverage, linters
fi

is_installed() {
  dpkg-query --show --showformat='${db:Status-Abbrev}\n' "$1" 2>/dev/null | grep -q '^.i'
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "setup: neither root nor sudo here; ask an administrator for: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
