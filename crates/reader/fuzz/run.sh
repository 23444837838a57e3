#!/bin/sh
# Fuzzes the reader of pages on all cores: run.sh [EXECUTIONS], a million in all unless given. Starts from the fixtures and
# from what once broke the reader. What breaks it now is left in artifacts/: mend it, and keep the input in tests/broken/.
#
# Needs `cargo install cargo-fuzz`. The stable toolchain does: the variable lets it take the flags of libFuzzer.
set -eu
cd "$(dirname "$0")"
jobs=$(nproc)
mkdir -p corpus/page
cp ../tests/fixtures/*.md ../tests/broken/* corpus/page/
RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --target-dir ../../../target/fuzz page -- \
    -runs=$((${1:-1000000} / jobs)) -jobs="$jobs" -workers="$jobs" -max_len=2048 -timeout=5 -rss_limit_mb=1024 \
    -dict=dictionary.txt -print_final_stats=1
