#!/bin/sh
# Fuzzes the reader of pages: run.sh [EXECUTIONS], a million unless given. Starts from the fixtures and from what once
# broke the reader. What breaks it now is left in artifacts/: mend it, and keep the input in tests/broken/.
#
# Needs `cargo install cargo-fuzz`. The stable toolchain does: the variable lets it take the flags of libFuzzer.
set -eu
cd "$(dirname "$0")/.."
mkdir -p fuzz/corpus/page
cp tests/fixtures/*.md tests/broken/* fuzz/corpus/page/
RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --target-dir ../../target/fuzz page -- \
    -runs="${1:-1000000}" -max_len=4096 -timeout=5 -rss_limit_mb=1024 -dict=fuzz/dictionary.txt -print_final_stats=1
