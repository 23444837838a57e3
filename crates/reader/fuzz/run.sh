#!/bin/sh
# Fuzzes the page parser on all cores. Usage: run.sh [EXECUTIONS]. The default is one million executions in total.
# The corpus starts with the test fixtures and the inputs of tests/broken/. An input that fails is written to
# artifacts/. Fix the parser and add the input to tests/broken/.
#
# Requires `cargo install cargo-fuzz`. RUSTC_BOOTSTRAP lets the stable toolchain accept the flags of libFuzzer.
set -eu
cd "$(dirname "$0")"
jobs=$(nproc)
mkdir -p corpus/page
cp ../tests/fixtures/*.md ../tests/broken/* corpus/page/
RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --target-dir ../../../target/fuzz page -- \
    -runs=$((${1:-1000000} / jobs)) -jobs="$jobs" -workers="$jobs" -max_len=2048 -timeout=5 -rss_limit_mb=1024 \
    -dict=dictionary.txt -print_final_stats=1
