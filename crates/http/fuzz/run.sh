#!/bin/sh
# Fuzzes what clients send, on all cores, or on JOBS cores. Usage: run.sh [EXECUTIONS [TARGET...]]. The defaults are one
# million executions of each target. The corpus starts with seeds/. An input that fails is written to artifacts/. Fix the
# defect, add a test and add the input to seeds/.
#
# Requires `cargo install cargo-fuzz`. RUSTC_BOOTSTRAP lets the stable toolchain accept the flags of libFuzzer.
set -eu
cd "$(dirname "$0")"
executions=${1:-1000000}
[ $# -gt 1 ] && shift || set -- variables websocket
jobs=${JOBS:-$(nproc)}
for target; do
    mkdir -p "corpus/$target"
    cp "seeds/$target"/* "corpus/$target/"
    RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --target-dir ../../../target/fuzz "$target" -- \
        -runs=$((executions / jobs)) -jobs="$jobs" -workers="$jobs" -max_len=2048 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1
done
