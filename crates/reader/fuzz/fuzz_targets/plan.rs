//! Fuzz target: parses arbitrary bytes as a plan and checks its numbers, labels and categories.

#![no_main]

#[path = "../../tests/invariants/plan.rs"]
mod plan;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    std::hint::black_box(plan::check_plan(bytes));
});
