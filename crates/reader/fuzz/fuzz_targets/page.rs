//! Fuzz target: parses arbitrary bytes as a page and checks that the HTML is well-formed and safe.

#![no_main]

#[path = "../../tests/invariants/mod.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(reading) = invariants::read_checked(bytes) {
        std::hint::black_box(invariants::text_of(&reading));
    }
});
