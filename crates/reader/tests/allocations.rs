//! Number of memory allocations while a document is read. Unlike a time, it is the same on every machine.
//!
//! A count above its bound means that reading became more expensive. Find out why before you raise the bound.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;

use passerelle_model::path::DocumentPath;
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::{ReadOptions, read};

/// Documents of the demo, each with the most allocations that its reading may need.
const BOUNDS: [(&str, u64); 4] = [
    ("plan-climat-quartiers-2025.txt", 12_000),
    ("accueil.md", 3_300),
    ("saq.md", 4_100),
    ("formations/ombre-et-eau.md", 1_500),
];

/// Counts the allocations of the second reading. The first one fills tables that are built once.
fn allocations(path: &str, bytes: &[u8]) -> u64 {
    let path = DocumentPath::parse(path).unwrap();
    let defaults = FolderDefaults::default();
    let read_document = || {
        let options = ReadOptions {
            write_state: WriteState::Complete,
            defaults: &defaults,
            raw_html: RawHtmlPolicy::Sanitized,
            site: None,
        };
        drop(read(&path, bytes, options).unwrap());
    };
    read_document();
    allocation_counter::measure(read_document).count_total
}

#[test]
fn reading_allocates_no_more_than_before() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    for (path, bound) in BOUNDS {
        let bytes = fs::read(content.join(path)).unwrap();
        let count = allocations(path, &bytes);
        println!("{path}: {count} allocations for {} bytes", bytes.len());
        assert!(count <= bound, "{path}: {count} allocations, at most {bound} are expected");
        // A bound far above the count would not notice anything.
        assert!(count * 5 >= bound * 4, "{path}: {count} allocations; lower its bound of {bound}");
    }
}

/// Twice the rows need about twice the allocations.
#[test]
fn allocations_grow_with_the_rows() {
    let plan = |rows: usize| {
        let row = |row| format!("{row}.\tPlanter la haie {row} du quai\tEn cours\n");
        let rows: String = (1..=rows).map(row).collect();
        format!("# Plan des rives 2025\n\n## AXE 1: Rives\n\n{rows}")
    };
    let (small, large) = (plan(1_000), plan(4_000));
    let small = allocations("plan.txt", small.as_bytes());
    let large = allocations("plan.txt", large.as_bytes());
    assert!(large < small * 5, "{small} allocations for 1,000 rows, {large} for 4,000");
}
