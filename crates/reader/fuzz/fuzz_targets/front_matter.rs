//! Fuzz target: parses arbitrary text as the front matter of a page and as the default fields of its folder.

#![no_main]

use passerelle_model::path::DocumentPath;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::front_matter;
use passerelle_reader::read::{ReadOptions, read};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let document = format!("---\n{text}\n---\n# Titre\n");
    if let Ok(split) = front_matter::split(&document) {
        assert!(document.ends_with(split.body), "the body is not the end of the document");
    }
    let mut defaults = FolderDefaults::default();
    defaults.push(&DocumentPath::parse("pages/pages.yaml").unwrap(), text.as_bytes());
    let options = ReadOptions::with_defaults(&defaults);
    let path = DocumentPath::parse("pages/page.md").expect("the path is valid");
    let reading = read(&path, document.as_bytes(), options).expect("the file is complete");
    assert!(reading.content.is_some() || !reading.diagnostics.is_empty(), "rejected without a diagnostic");
});
