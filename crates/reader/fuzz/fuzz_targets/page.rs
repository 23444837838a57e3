//! Any bytes as a page: it is read in time, and its HTML is whole and safe.

#![no_main]

#[path = "../../tests/sane/mod.rs"]
mod sane;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(reading) = sane::read_sanely(bytes) {
        std::hint::black_box(sane::text_of(&reading));
    }
});
