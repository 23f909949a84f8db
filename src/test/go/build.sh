#!/usr/bin/env bash
# Builds the programs of this directory, unless these sources are built already, and prints the
# directory with the binaries (the only line on stdout). Needs Go 1.25.7 or newer and a C compiler,
# and the network only while a module is missing from Go's module cache.
#
# environment:
#   XDG_CACHE_HOME  the binaries go to $XDG_CACHE_HOME/selkie/go/<digest of the sources>/
#                   (default: ~/.cache)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$here"

fail() {
  echo "src/test/go/build.sh: $*" >&2
  exit 1
}

command -v go >/dev/null || fail "go not found: install Go 1.25.7 or newer and put it on the PATH"
command -v cc >/dev/null || fail "cc not found: install gcc (Debian and Ubuntu: apt-get install gcc libc6-dev)"

digest=$({
  go version
  find . -type f \( -name '*.go' -o -name 'go.*' -o -name build.sh \) -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
} | sha256sum | cut -c1-16)
out=${XDG_CACHE_HOME:-$HOME/.cache}/selkie/go/$digest
if [[ -d $out ]]; then
  echo "$out"
  exit
fi

echo "building Lotus v1.36.1 as a peer for the tests (minutes when nothing is cached)" >&2
mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$new"' EXIT
# The tag gives the build constants of a development network with 2 KiB sectors (addresses t0…).
flags=(-tags 2k -trimpath -ldflags '-s -w')
CGO_ENABLED=0 go build "${flags[@]}" -o "$new/" ./workerclient
# Lotus leaves out parts of its sealing code when cgo is off; nothing here calls C.
CGO_ENABLED=1 go build "${flags[@]}" -o "$new/" ./manager ./lotusworker
# Whoever comes second keeps the first one's result.
mv -T "$new" "$out" 2>/dev/null || [[ -d $out ]] || fail "cannot write $out"
echo "$out"
