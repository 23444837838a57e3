//! Excerpt of a text around the words that match a query.

use std::ops::Range;

use passerelle_model::html::escape;
use passerelle_model::language::Language;

use crate::snippet::highlight::{Highlight, Highlighter};

/// Length of an excerpt in characters: three lines below a title.
const MAX_CHARS: usize = 240;
/// Maximum number of bytes that are analysed. Longer pages are rare, and highlighting is linear in the
/// text.
const MAX_TEXT_BYTES: usize = 200_000;

/// Excerpt of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Plain text on one line.
    pub text: String,
    /// Matching words of `text`, as byte ranges in order.
    pub highlights: Vec<Range<usize>>,
}

impl Excerpt {
    /// Returns the part of a text that contains the most words of the query.
    pub fn of(text: &str, lang: Language, highlighter: &Highlighter) -> Self {
        let text = collapse_whitespace(truncate(text, MAX_TEXT_BYTES));
        let found = highlighter.find(&text, lang);
        Self::around(&text, &found)
    }

    fn around(text: &str, found: &[Highlight]) -> Self {
        let window = extend_to_words(text, best_window(text, found));
        let mut excerpt = Self::default();
        if window.start > 0 {
            excerpt.text.push_str("… ");
        }
        let shift = excerpt.text.len();
        excerpt.text.push_str(&text[window.clone()]);
        if window.end < text.len() {
            excerpt.text.push_str(" …");
        }
        let inside = found
            .iter()
            .filter(|highlight| window.start <= highlight.range.start && highlight.range.end <= window.end);
        let moved = |at: usize| at - window.start + shift;
        excerpt.highlights =
            inside.map(|highlight| moved(highlight.range.start)..moved(highlight.range.end)).collect();
        excerpt
    }

    /// Returns the excerpt as HTML. Matching words are in `<mark>`; all other text is escaped.
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 13 * self.highlights.len());
        let mut at = 0;
        for range in &self.highlights {
            push_escaped(&mut html, &self.text[at..range.start]);
            html.push_str("<mark>");
            push_escaped(&mut html, &self.text[range.clone()]);
            html.push_str("</mark>");
            at = range.end;
        }
        push_escaped(&mut html, &self.text[at..]);
        html
    }

    /// Returns the highlights in UTF-16 code units, the unit of JavaScript strings.
    pub fn highlights_utf16(&self) -> Vec<Range<usize>> {
        let units = |text: &str| text.encode_utf16().count();
        let (mut at, mut counted) = (0, 0);
        let mut ranges = Vec::with_capacity(self.highlights.len());
        for range in &self.highlights {
            let start = counted + units(&self.text[at..range.start]);
            counted = start + units(&self.text[range.clone()]);
            at = range.end;
            ranges.push(start..counted);
        }
        ranges
    }
}

/// Appends text to HTML that a front end can also put into an attribute between single quotes.
fn push_escaped(html: &mut String, text: &str) {
    html.push_str(&escape(text).replace('\'', "&#39;"));
}

/// Replaces each run of white space by one space, and removes list markers.
fn collapse_whitespace(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ");
        for word in line.split_whitespace() {
            if !collapsed.is_empty() {
                collapsed.push(' ');
            }
            collapsed.push_str(word);
        }
    }
    collapsed
}

/// Returns at most `max` bytes of a text, cut at a character boundary.
pub(crate) fn truncate(text: &str, max: usize) -> &str {
    let mut end = text.len().min(max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns the byte range that contains the most query words and fits into an excerpt.
fn best_window(text: &str, found: &[Highlight]) -> Range<usize> {
    let mut best = (0, 0, 0..0);
    let mut last = 0;
    for (first, highlight) in found.iter().enumerate() {
        last = last.max(first);
        while last + 1 < found.len()
            && text[highlight.range.start..found[last + 1].range.end].chars().count() <= MAX_CHARS * 3 / 4
        {
            last += 1;
        }
        let inside = &found[first..=last];
        let mut words: Vec<usize> = inside.iter().map(|highlight| highlight.word).collect();
        words.sort_unstable();
        words.dedup();
        if (words.len(), inside.len()) > (best.0, best.1) {
            best = (words.len(), inside.len(), highlight.range.start..found[last].range.end);
        }
    }
    best.2
}

/// Extends a byte range to the length of an excerpt, at word boundaries.
fn extend_to_words(text: &str, held: Range<usize>) -> Range<usize> {
    let spare = MAX_CHARS.saturating_sub(text[held.clone()].chars().count());
    let behind = text[held.end..].chars().count();
    // Characters that are not needed after the range are used before it.
    let before = (spare / 3).max(spare.saturating_sub(behind));
    let start = text[..held.start].char_indices().rev().nth(before.saturating_sub(1)).map_or(0, |(at, _)| at);
    let start = if start == 0 || before == 0 {
        if before == 0 { held.start } else { 0 }
    } else {
        text[start..held.start].find(' ').map_or(held.start, |space| start + space + 1)
    };
    let shown = text[start..held.end].chars().count();
    let left = MAX_CHARS.saturating_sub(shown);
    let end = text[held.end..].char_indices().nth(left).map_or(text.len(), |(at, _)| held.end + at);
    let end = if end == text.len() {
        end
    } else {
        text[held.end..end].rfind(' ').map_or(end, |space| held.end + space)
    };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn highlighter(words: &[&str]) -> Highlighter {
        let mut highlighter = Highlighter::default();
        words.iter().enumerate().for_each(|(at, word)| highlighter.add(Language::Fr, word, at));
        highlighter
    }

    #[test]
    fn matches_are_marked_and_other_text_is_escaped() {
        let excerpt =
            Excerpt::of("Les <b>élèves</b> & l’été", Language::Fr, &highlighter(&["eleves", "ete"]));
        assert_eq!(excerpt.html(), "Les &lt;b&gt;<mark>élèves</mark>&lt;/b&gt; &amp; l’<mark>été</mark>");
        let highlights: Vec<&str> =
            excerpt.highlights.iter().map(|range| &excerpt.text[range.clone()]).collect();
        assert_eq!(highlights, ["élèves", "été"]);
    }

    #[test]
    fn utf16_ranges_count_code_units() {
        let excerpt = Excerpt::of("🌳 été", Language::Fr, &highlighter(&["ete"]));
        assert_eq!(excerpt.highlights_utf16(), vec![Range { start: 3, end: 6 }]);
    }

    #[test]
    fn an_excerpt_of_a_long_text_contains_most_query_words() {
        let filler = "rien de tout cela ne compte ".repeat(40);
        let text = format!("vélo {filler}le vélo et la digue {filler}");
        let excerpt = Excerpt::of(&text, Language::Fr, &highlighter(&["velo", "digue"]));
        assert_eq!(excerpt.highlights.len(), 2);
        assert!(excerpt.text.starts_with("… ") && excerpt.text.ends_with(" …"));
        assert!(
            (MAX_CHARS - 30..=MAX_CHARS + 4).contains(&excerpt.text.chars().count()),
            "{}",
            excerpt.text.len()
        );
        let plain = Excerpt::of(&filler, Language::Fr, &highlighter(&["digue"]));
        assert!(plain.text.starts_with("rien") && plain.highlights.is_empty());
        assert_eq!(Excerpt::of("", Language::Fr, &highlighter(&["digue"])), Excerpt::default());
    }
}
