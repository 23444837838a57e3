//! Parses each file of `fixtures/` and compares the result with its snapshot.
//!
//! To test a new rule, add a fixture that contains only this rule. Run `INSTA_UPDATE=always cargo test -p
//! passerelle-reader`, then review the new snapshot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod summary;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use passerelle_model::path::DocumentPath;
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::{ReadOptions, read};

/// Raw HTML is removed, except in fixtures with `sanitized` in their name.
fn options<'a>(name: &str, defaults: &'a FolderDefaults) -> ReadOptions<'a> {
    let raw_html = if name.contains("sanitized") { RawHtmlPolicy::Sanitized } else { RawHtmlPolicy::Removed };
    ReadOptions { write_state: WriteState::Complete, defaults, raw_html, site: None }
}

#[test]
fn fixtures_match_their_snapshots() {
    let tests_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(tests_folder.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let fixtures = names("fixtures");
    for name in &fixtures {
        let bytes = fs::read(tests_folder.join("fixtures").join(name)).unwrap();
        let reading =
            read(&DocumentPath::parse(name).unwrap(), &bytes, options(name, &FolderDefaults::default()))
                .unwrap();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), summary::summarize(&reading));
        });
    }
    let snapshots = names("snapshots");
    let without_fixture = snapshots
        .iter()
        .filter(|snapshot| snapshot.strip_suffix(".snap").is_none_or(|name| !fixtures.contains(name)));
    assert_eq!(without_fixture.collect::<Vec<_>>(), Vec::<&String>::new(), "snapshots without a fixture");
}
