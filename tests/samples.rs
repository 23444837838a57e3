//! Real pages in three generations of a site builder's syntax: no syntax is visible and no word is lost.
//!
//! The folder `samples` is beside the folder of `tests/support/skip.rs`. Without it these tests are
//! skipped.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::TestSite;
use crate::support::skip::seeds;

fn samples() -> Option<PathBuf> {
    let samples = seeds()?.join("../samples");
    assert!(samples.is_dir(), "{} is missing", samples.display());
    Some(samples)
}

/// Returns the words of a page without the syntax of the site builder. The rules are independent of the
/// parser.
fn words_for_readers(source: &str) -> BTreeMap<String, usize> {
    let body = source.splitn(3, "---\n").nth(2).unwrap_or(source);
    let mut text = String::new();
    let mut rest = body;
    while let Some(open) = rest.find("{%") {
        text.push_str(&rest[..open]);
        text.push(' ');
        let tag_end = rest[open..].find("%}").map_or(rest.len(), |end| open + end + 2);
        let tag = &rest[open..tag_end];
        rest = &rest[tag_end..];
        if tag.starts_with("{% css") {
            rest = rest.split_once("{% endcss %}").map_or("", |(_, after)| after);
        }
        // Markdown in JSON strings, and alternative texts of images.
        for (at, _) in tag.match_indices("\"value\":\"") {
            let value = &tag[at + 9..];
            let end = value.find("\",\"type\"").unwrap_or(value.len());
            text.push_str(&value[..end].replace("\\n", "\n").replace("\\\"", "\""));
            text.push(' ');
        }
        if let Some((_, alt)) = tag.split_once("alt=\"") {
            text.push_str(alt.split('"').next().unwrap());
            text.push(' ');
        }
    }
    text.push_str(rest);
    let lines =
        text.lines().filter(|line| !line.trim_start().starts_with(":::") && !line.contains("__ENCADR"));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    while let Some((start, end)) =
        text.find("{ .").and_then(|start| Some((start, start + text[start..].find('}')?)))
    {
        text.replace_range(start..=end, "");
    }
    count(&text)
}

fn count(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

const SYNTAX: [&str; 12] = [
    "{%",
    "%}",
    ":::",
    "____",
    "**__",
    "ENCADRÉ",
    "{ .",
    "endgrid",
    "partialWrapper",
    "blocks=",
    "palette",
    "--bleed",
];

#[test]
fn sample_pages_are_published_without_losing_words() {
    let Some(samples) = samples() else { return };
    for entry in fs::read_dir(&samples).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(&file).unwrap();
        let place = TestSite::new();
        place.write(&format!("trainings/{name}"), &source);
        place.write("trainings/trainings.yaml", &fs::read_to_string(samples.join("trainings.yaml")).unwrap());
        let service = place.serve();
        let answer = service.query(
            "{ pages { nodes { title tags excerpt wordCount readingTime content { html text markdown } images { src }
               links { url label isBroken } blocks { id content { html text } children { id content { text } } } } }
               documents { nodes { state diagnostics { severity code } } } }",
        );
        let page = &answer["pages"]["nodes"][0];
        assert_eq!(answer["documents"]["nodes"][0]["state"], "PUBLISHED", "{name}");
        assert_eq!(page["tags"], serde_json::json!(["trainings"]), "{name}");
        for form in ["html", "text"] {
            let shown = page["content"][form].as_str().unwrap();
            for syntax in SYNTAX {
                assert!(!shown.contains(syntax), "{name}: {form} shows {syntax}");
            }
            assert!(!shown.contains('\u{F0100}'), "{name}: {form}");
        }
        let shown = count(page["content"]["text"].as_str().unwrap());
        for (word, times) in words_for_readers(&source) {
            let found = shown.get(&word).copied().unwrap_or(0);
            assert!(found >= times, "{name}: {word:?} {found} times instead of {times}");
        }
        let blocks = page["blocks"].as_array().unwrap().iter();
        let blocks: Vec<&str> = blocks.map(|block| block["content"]["text"].as_str().unwrap()).collect();
        assert!(count(&blocks.join(" ")) == shown, "{name}: the blocks do not say what the page says");
        // The only diagnostics are about missing pages, files and images, and about images without
        // alternative text.
        let told = answer["documents"]["nodes"][0]["diagnostics"].as_array().unwrap();
        let is_expected = |told: &Value| {
            ["LINK_BROKEN", "FILE_MISSING", "IMAGE_MISSING", "IMAGE_WITHOUT_ALT"]
                .contains(&told["code"].as_str().unwrap())
        };
        assert_eq!(told.iter().find(|told| !is_expected(told)), None, "{name}");
    }
}

#[test]
fn support_service_is_parsed_from_every_sample_format() {
    let Some(samples) = samples() else { return };
    for name in ["sesu-2025-11.md", "sesu-2026.md"] {
        let place = TestSite::new();
        place.write(name, &fs::read_to_string(samples.join(name)).unwrap());
        let service = place.serve();
        let answer = service.query(
            "{ supportService(slug: \"sesu\") { name acronym organisation domain authority region designatedYear renewedYear
               definition { text } missions { position title description { text } } page { links { url } images { src } } } }",
        );
        let service = &answer["supportService"];
        let facts = [
            ("acronym", "SESU"),
            ("organisation", "Repères"),
            ("authority", "COCOF"),
            ("region", "Région Bruxelloise"),
        ];
        for (field, fact) in facts {
            assert_eq!(service[field], fact, "{name}: {field}");
        }
        assert_eq!(
            (&service["designatedYear"], &service["renewedYear"]),
            (&2018.into(), &2023.into()),
            "{name}"
        );
        let missions = service["missions"].as_array().unwrap();
        assert_eq!(missions.len(), 3, "{name}");
        assert!(
            missions.iter().all(|mission| !mission["description"]["text"].as_str().unwrap().is_empty()),
            "{name}"
        );
        assert!(!service["definition"]["text"].as_str().unwrap().contains('?'), "{name}");
        let images = service["page"]["images"].as_array().unwrap().len();
        assert_eq!(images, if name == "sesu-2026.md" { 11 } else { 1 }, "{name}");
    }
}
