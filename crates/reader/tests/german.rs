//! German editors are answered in German, and links to German headings are found.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use passerelle_model::path::DocumentPath;
use passerelle_model::reading::ParsedDocument;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};

fn parse(name: &str, bytes: &[u8], defaults: &str) -> ParsedDocument {
    let mut folder = FolderDefaults::default();
    folder.push(&DocumentPath::parse("plan/plan.yaml").unwrap(), defaults.as_bytes());
    let options = ReadOptions::with_defaults(&folder);
    read(&DocumentPath::parse(name).unwrap(), bytes, options).unwrap()
}

#[test]
fn every_document_that_shows_its_language_is_answered_in_german() {
    for (name, bytes, defaults, word) in [
        ("a.md", &b"\0\0"[..], "lang: de", "Diese Datei"),
        ("de/a.md", b"\0\0", "", "Diese Datei"),
        ("a.md", b"---\nlang: de\ntitle: \"Rad\n---\n", "", "Der Dateikopf"),
        ("a.md", b"---\ntitle: \"Rad\n---\n", "lang: de", "Der Dateikopf"),
        ("a.xlsx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "lang: de", "Diese Excel-Datei"),
        (
            "a.csv",
            "Nr;Maßnahme;Status\n1;Hecken pflanzen;Vielleicht\n2;Mähen;Geplant\n".as_bytes(),
            "",
            "Der Status",
        ),
    ] {
        let message = &parse(name, bytes, defaults).diagnostics[0].message;
        assert!(message.starts_with(word), "{name}: {message}");
    }
}

#[test]
fn anchors_with_umlauts_are_found_in_every_spelling() {
    let links = [
        "größe-der-gärten",
        "gr%C3%B6%C3%9Fe-der-g%C3%A4rten",
        "Gr%C3%B6%C3%9Fe%20der%20G%C3%A4rten",
        "groesse-der-gaerten",
        "grosse-der-garten",
        "GRÖẞE-DER-GÄRTEN",
    ];
    let links: Vec<String> = links.iter().map(|anchor| format!("- [Link](#{anchor})")).collect();
    let text = format!("# Seite\n\n## Größe der Gärten\n\n{}\n", links.join("\n"));
    assert_eq!(parse("de/a.md", text.as_bytes(), "").diagnostics, []);
    let broken = parse("de/a.md", text.replace("## Größe", "## Lage").as_bytes(), "");
    assert!(broken.diagnostics.iter().all(|diagnostic| diagnostic.code == "ANCHOR_BROKEN"));
    assert_eq!(broken.diagnostics.len(), 6);
}
