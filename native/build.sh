#!/usr/bin/env bash
# Builds the native proofs library and selkie-prover, and puts them into target/native/<variant>/.
#
# usage: native/build.sh [--test] [auto|sha|generic|both]
#   --test   run the crate's own tests, formatter check and lints instead of installing
#   sha      needs SHA and ADX instructions in the processor (labels are made several times faster)
#   generic  runs on any processor of this architecture
#   auto     the one that suits this host (default)
#   both     sha and generic, for an archive that runs everywhere
# environment:
#   SELKIE_NATIVE_VARIANT  the variant, when no argument is given
#   CARGO_FEATURES         features of the crate to add, such as opencl, cuda or multicore-sdr
#   CARGO_TARGET_DIR       where cargo works; a directory per variant is made below it
#                          (default: ~/.cache/selkie/cargo, so a fresh clone builds fast)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
out=$(dirname "$here")/target/native
cache=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/selkie/cargo}
task=build
if [[ ${1:-} == --test ]]; then
  task=check
  shift
fi
variant=${1:-${SELKIE_NATIVE_VARIANT:-auto}}

fail() {
  echo "native/build.sh: $*" >&2
  exit 1
}

command -v cargo >/dev/null ||
  fail "cargo not found: install Rust with rustup and put ~/.cargo/bin on the PATH"
command -v cc >/dev/null || fail "cc not found: install gcc (Debian and Ubuntu: apt-get install gcc libc6-dev)"

install_if_changed() {
  local from=$1 to=$2
  cmp -s "$from" "$to" && return
  # A running process keeps the old file: rename, never overwrite.
  cp "$from" "$to.tmp.$$"
  mv -f "$to.tmp.$$" "$to"
}

# Runs cargo for a variant, in that variant's directory.
cargo_for() {
  local name=$1 features=${CARGO_FEATURES:-} flags=
  shift
  case $name in
    sha) flags='-C target-feature=+sha,+sse4.1,+ssse3' ;;
    generic) features="portable${features:+,$features}" ;;
  esac
  (
    cd "$here"
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
    if [[ -n $flags ]]; then export RUSTFLAGS=$flags; fi
    export CARGO_TARGET_DIR=$cache/$name
    case $1 in
      clean) cargo "$@" --release --locked --quiet 8>&- ;;
      *) cargo "$@" --release --locked --quiet --workspace --features "$features" 8>&- ;;
    esac
  )
}

# Clones share the directory of a variant. One works in it at a time, and what another one left of
# our crates goes first: cargo tells clones apart by their paths, but not the files that it makes.
enter() {
  local name=$1 dir=$cache/$1
  mkdir -p "$dir"
  exec 8>"$dir/.selkie.lock"
  flock 8
  if [[ $(cat "$dir/.selkie.clone" 2>/dev/null) != "$here" ]]; then
    cargo_for "$name" clean -p selkie-native -p selkie-labels || fail "cargo cannot clean $dir"
    echo "$here" >"$dir/.selkie.clone"
  fi
}

leave() {
  exec 8>&-
}

check() {
  local name=$1
  echo "testing the native proofs library, variant $name"
  (cd "$here" && cargo fmt --check) || fail "run cargo fmt in native/"
  enter "$name"
  cargo_for "$name" test || fail "the tests of variant $name failed"
  leave
}

build() {
  local name=$1 dir=$cache/$1 built
  built=$dir/release/libselkie_native.so
  mkdir -p "$out/$name"
  enter "$name"
  if [[ ! -d $dir/release/deps ]]; then
    echo "building the native proofs library, variant $name: about 4 minutes the first time"
  elif [[ ! -e $built ]]; then
    echo "building the native proofs library, variant $name: another clone was here"
  elif [[ -n $(find "$here/src" "$here/labels" "$here/Cargo.toml" "$here/Cargo.lock" -newer "$built" -print -quit) ]]; then
    echo "building the native proofs library, variant $name: sources changed"
  fi
  cargo_for "$name" build || fail "cargo failed on variant $name"
  install_if_changed "$built" "$out/$name/libselkie_native.so"
  install_if_changed "$dir/release/selkie-prover" "$out/$name/selkie-prover"
  leave
}

case $variant in
  auto) if grep -qw sha_ni /proc/cpuinfo 2>/dev/null; then "$task" sha; else "$task" generic; fi ;;
  sha | generic) "$task" "$variant" ;;
  both)
    "$task" sha
    "$task" generic
    ;;
  *) fail "unknown variant '$variant': use auto, sha, generic or both" ;;
esac
