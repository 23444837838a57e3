//! Each file of `fixtures/` is read, and what comes out is compared with the snapshot beside it.
//!
//! To add a rule: a fixture that shows it and nothing else, then `INSTA_UPDATE=always cargo test -p
//! passerelle-reader`, then read the new snapshot as if somebody else had written it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod sketch;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use passerelle_model::path::DocumentPath;
use passerelle_reader::decode::Growth;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtml;
use passerelle_reader::read::{ReadOptions, read};

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions { growth: Growth::Over, defaults, raw_html: RawHtml::Removed }
}

#[test]
fn fixtures_read_as_their_snapshots_say() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(here.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let fixtures = names("fixtures");
    for name in &fixtures {
        let bytes = fs::read(here.join("fixtures").join(name)).unwrap();
        let reading =
            read(&DocumentPath::parse(name).unwrap(), &bytes, options(&FolderDefaults::default())).unwrap();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), sketch::of(&reading));
        });
    }
    let snapshots = names("snapshots");
    let without_fixture = snapshots
        .iter()
        .filter(|snapshot| snapshot.strip_suffix(".snap").is_none_or(|name| !fixtures.contains(name)));
    assert_eq!(without_fixture.collect::<Vec<_>>(), Vec::<&String>::new(), "snapshots without a fixture");
}
