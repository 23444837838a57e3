#!/bin/sh
# Fuzzes the parsers on all cores, or on JOBS cores. Usage: run.sh [EXECUTIONS [TARGET...]]. The defaults are one million
# executions of each target. The corpus starts with the test fixtures and the inputs of tests/broken/. An input that
# fails is written to artifacts/. Fix the parser and add the input to tests/broken/.
#
# Requires `cargo install cargo-fuzz`. RUSTC_BOOTSTRAP lets the stable toolchain accept the flags of libFuzzer.
set -eu
cd "$(dirname "$0")"
executions=${1:-1000000}
[ $# -gt 1 ] && shift || set -- page plan front_matter
jobs=${JOBS:-$(nproc)}
mkdir -p corpus/page corpus/plan corpus/front_matter
cp ../tests/fixtures/*.md ../tests/broken/* corpus/page/
cp ../tests/fixtures/plan-* corpus/plan/
for file in ../tests/fixtures/*.md; do
    sed -n '2,/^---/p' "$file" >"corpus/front_matter/$(basename "$file")"
done
for target; do
    RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --target-dir ../../../target/fuzz "$target" -- \
        -runs=$((executions / jobs)) -jobs="$jobs" -workers="$jobs" -max_len=2048 -timeout=5 -rss_limit_mb=1024 \
        -dict=dictionary.txt -print_final_stats=1
done
