//! Unique ids of headings, footnotes and elements of raw HTML within a page.

use std::collections::HashMap;

use passerelle_model::page::Anchor;
use passerelle_text::fold::slugify;

/// Assigns unique anchors to the headings and footnotes of one page, across all of its rendered parts.
///
/// The anchor of a heading is the slug of its text. A repeated slug is numbered from 2: `contact`,
/// `contact-2`.
#[derive(Clone, Debug, Default)]
pub struct Anchorizer {
    used: HashMap<String, u32>,
    /// Number of references to each note so far.
    note_references: HashMap<u32, u32>,
}

impl Anchorizer {
    pub(super) fn anchorize(&mut self, text: &str) -> Anchor {
        let slug = slugify(text);
        let base = match slug.as_str() {
            "" => "section".to_owned(),
            // The renderer uses these prefixes for footnotes.
            _ if slug.starts_with("fn-") || slug.starts_with("fnref-") => format!("section-{slug}"),
            _ => slug,
        };
        let mut anchor = base.clone();
        let mut count = self.used.get(&base).copied().unwrap_or(0);
        while self.used.contains_key(&anchor) {
            count += 1;
            anchor = format!("{base}-{}", count + 1);
        }
        self.used.insert(base, count);
        self.used.entry(anchor.clone()).or_insert(0);
        Anchor::new(anchor)
    }

    /// Takes the id of an element of raw HTML, unless the page has it already. An id with other characters
    /// than those of a name becomes a slug.
    pub(super) fn claim(&mut self, id: &str) -> Option<String> {
        let is_name_char = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
        let id = if id.chars().all(is_name_char) { id.to_owned() } else { slugify(id) };
        let is_note = id.starts_with("fn-") || id.starts_with("fnref-");
        if id.is_empty() || is_note || self.used.contains_key(&id) {
            return None;
        }
        self.used.insert(id.clone(), 0);
        Some(id)
    }

    /// Returns true if a heading or another element of the page has this text as its anchor.
    pub fn contains(&self, text: &str) -> bool {
        self.used.contains_key(text)
    }

    /// Counts a reference to a note. Returns the count, from 1.
    pub(super) fn next_reference(&mut self, note: u32) -> u32 {
        let count = self.note_references.entry(note).or_default();
        *count += 1;
        *count
    }

    /// Returns the number of references to a note.
    pub(super) fn references_to(&self, note: u32) -> u32 {
        self.note_references.get(&note).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{RenderOptions, render};

    fn html(markdown: &str) -> String {
        render(markdown, RenderOptions::default(), &mut Anchorizer::default()).content.html
    }

    #[test]
    fn headings_with_equal_text_get_distinct_anchors() {
        assert_eq!(
            html("## À faire\n\n## À faire\n\n## A faire 2"),
            [
                "<h2 id=\"a-faire\">À faire</h2>",
                "<h2 id=\"a-faire-2\">À faire</h2>",
                "<h2 id=\"a-faire-2-2\">A faire 2</h2>",
            ]
            .join("\n")
        );
    }
}
