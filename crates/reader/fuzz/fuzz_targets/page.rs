//! Any bytes as a page: it is read in time, and its HTML is whole and safe.

#![no_main]

#[path = "../../tests/invariants/mod.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(reading) = invariants::read_checked(bytes) {
        std::hint::black_box(invariants::text_of(&reading));
    }
});
