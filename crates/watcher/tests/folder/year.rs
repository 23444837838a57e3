//! A year of edits in a small folder, as `year.txt` tells it. The snapshot has the documents, pages and
//! diagnostics after each step.
//!
//! A step starts with `== DATE TITLE`. The clock is set to that date. Then follow operations: `write PATH`
//! and `bytes PATH` with lines after `| ` (`\xNN` in `bytes` is one byte), `image PATH`, `rename PATH ->
//! PATH`, `remove PATH`. Run `INSTA_UPDATE=always cargo test -p passerelle-watcher --test folder` after a
//! change, and review the snapshot.

use std::fmt::Write;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use image::RgbImage;
use passerelle_model::timestamp::Timestamp;
use passerelle_watcher::{Clock, GracePeriods, Syncer};

use crate::Folder;

#[tokio::test]
async fn year_of_edits_gives_the_expected_pages_and_diagnostics() {
    let folder = Folder::new().await;
    let now = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&now);
    let clock: Clock = Arc::new(move || Timestamp::from_millis(read.load(Ordering::Relaxed)));
    let mut syncer = Syncer::new(&folder.content(), folder.storage.clone(), clock, GracePeriods::NONE);
    let mut output = String::new();
    for step in include_str!("year.txt").split("== ").filter(|step| !step.is_empty()) {
        let (title, operations) = step.split_once('\n').unwrap();
        let date = title.split(' ').next().unwrap();
        now.store(Timestamp::parse(date).unwrap().millis(), Ordering::Relaxed);
        apply(&folder, operations);
        syncer.sync_all().await.unwrap();
        writeln!(output, "== {title}").unwrap();
        describe(&folder, &mut output).await;
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("year", output);
    });
}

/// Applies the operations of a step.
fn apply(folder: &Folder, operations: &str) {
    let mut lines = operations.lines().peekable();
    while let Some(line) = lines.next() {
        let (operation, path) = line.split_once(' ').unwrap();
        let mut text = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('|')) {
            text.extend_from_slice(line[1..].strip_prefix(' ').unwrap_or(&line[1..]).as_bytes());
            text.push(b'\n');
        }
        let file = folder.content().join(path);
        match operation {
            "write" => folder.write(path, std::str::from_utf8(&text).unwrap()),
            "bytes" => fs::write(file, decode(&text)).unwrap(),
            "image" => RgbImage::new(8, 6).save(file).unwrap(),
            "remove" => fs::remove_file(file).unwrap(),
            "rename" => {
                let (from, to) = path.split_once(" -> ").unwrap();
                let to = folder.content().join(to);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::rename(folder.content().join(from), to).unwrap();
            }
            other => panic!("unknown operation {other}"),
        }
    }
}

/// Replaces `\xNN` by one byte.
fn decode(text: &[u8]) -> Vec<u8> {
    let mut parts = std::str::from_utf8(text).unwrap().split("\\x");
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

/// Writes the documents with their pages and diagnostics.
async fn describe(folder: &Folder, output: &mut String) {
    let pages = folder.pages().await;
    for document in folder.documents().await {
        write!(output, "{} {}", document.path, document.state.name()).unwrap();
        for page in pages.iter().filter(|page| page.document == document.key) {
            let images: Vec<&str> = page.page.images.iter().map(|image| image.src.as_str()).collect();
            write!(output, ": {} /{}/{} {images:?}", page.page.title, page.page.lang, page.page.slug)
                .unwrap();
        }
        writeln!(output).unwrap();
        for diagnostic in &document.diagnostics {
            let line = diagnostic.position.map_or(0, |position| position.line);
            writeln!(output, "  {line} {}: {}", diagnostic.code, diagnostic.message).unwrap();
        }
    }
}
