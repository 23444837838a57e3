//! A piece of a text around the words for which it was found, with those marked.

use std::ops::Range;

use passerelle_model::language::Language;

use crate::marks::{Mark, Marks};

/// How long an excerpt is, in characters: three lines under a title.
const LENGTH: usize = 240;
/// More of a text is not looked at, in bytes: nobody writes pages so long, and marking takes time.
const MOST_LOOKED_AT: usize = 200_000;

/// A piece of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// What it says, on one line.
    pub text: String,
    /// What of it is marked, in bytes, in order.
    pub marked: Vec<Range<usize>>,
}

impl Excerpt {
    /// The piece of a text that has most of the words.
    pub fn of(text: &str, lang: Language, marks: &Marks) -> Self {
        let text = tidy(beginning(text, MOST_LOOKED_AT));
        let found = marks.of(&text, lang);
        Self::around(&text, &found)
    }

    fn around(text: &str, found: &[Mark]) -> Self {
        let window = cut(text, best_window(text, found));
        let mut excerpt = Self::default();
        if window.start > 0 {
            excerpt.text.push_str("… ");
        }
        let shift = excerpt.text.len();
        excerpt.text.push_str(&text[window.clone()]);
        if window.end < text.len() {
            excerpt.text.push_str(" …");
        }
        let inside =
            found.iter().filter(|mark| window.start <= mark.range.start && mark.range.end <= window.end);
        let moved = |at: usize| at - window.start + shift;
        excerpt.marked = inside.map(|mark| moved(mark.range.start)..moved(mark.range.end)).collect();
        excerpt
    }

    /// As HTML: marked words in `<mark>`, everything else escaped.
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 13 * self.marked.len());
        let mut at = 0;
        for range in &self.marked {
            escape(&self.text[at..range.start], &mut html);
            html.push_str("<mark>");
            escape(&self.text[range.clone()], &mut html);
            html.push_str("</mark>");
            at = range.end;
        }
        escape(&self.text[at..], &mut html);
        html
    }

    /// What is marked in UTF-16 code units, which JavaScript and most user interfaces count in.
    pub fn marked_utf16(&self) -> Vec<Range<usize>> {
        let units = |text: &str| text.encode_utf16().count();
        let (mut at, mut counted) = (0, 0);
        let mut ranges = Vec::with_capacity(self.marked.len());
        for range in &self.marked {
            let start = counted + units(&self.text[at..range.start]);
            counted = start + units(&self.text[range.clone()]);
            at = range.end;
            ranges.push(start..counted);
        }
        ranges
    }
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(character),
        }
    }
}

/// Runs of white space as one space; the marks of lists go with them.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ");
        for word in line.split_whitespace() {
            if !tidied.is_empty() {
                tidied.push(' ');
            }
            tidied.push_str(word);
        }
    }
    tidied
}

/// At most so many bytes of a text.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// From which mark to which the most words of the question are marked within the length of an excerpt.
fn best_window(text: &str, found: &[Mark]) -> Range<usize> {
    let mut best = (0, 0, 0..0);
    let mut last = 0;
    for (first, mark) in found.iter().enumerate() {
        last = last.max(first);
        while last + 1 < found.len()
            && text[mark.range.start..found[last + 1].range.end].chars().count() <= LENGTH * 3 / 4
        {
            last += 1;
        }
        let inside = &found[first..=last];
        let mut words: Vec<usize> = inside.iter().map(|mark| mark.word).collect();
        words.sort_unstable();
        words.dedup();
        if (words.len(), inside.len()) > (best.0, best.1) {
            best = (words.len(), inside.len(), mark.range.start..found[last].range.end);
        }
    }
    best.2
}

/// A window around what it must hold, as long as an excerpt, from word to word.
fn cut(text: &str, held: Range<usize>) -> Range<usize> {
    let spare = LENGTH.saturating_sub(text[held.clone()].chars().count());
    let behind = text[held.end..].chars().count();
    // What does not fit behind is shown before.
    let before = (spare / 3).max(spare.saturating_sub(behind));
    let start = text[..held.start].char_indices().rev().nth(before.saturating_sub(1)).map_or(0, |(at, _)| at);
    let start = if start == 0 || before == 0 {
        if before == 0 { held.start } else { 0 }
    } else {
        text[start..held.start].find(' ').map_or(held.start, |space| start + space + 1)
    };
    let shown = text[start..held.end].chars().count();
    let left = LENGTH.saturating_sub(shown);
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

    fn marks(words: &[&str]) -> Marks {
        let mut marks = Marks::default();
        words.iter().enumerate().for_each(|(at, word)| marks.add(Language::Fr, word, at));
        marks
    }

    #[test]
    fn what_was_found_is_marked_and_everything_else_escaped() {
        let excerpt = Excerpt::of("Les <b>élèves</b> & l’été", Language::Fr, &marks(&["eleves", "ete"]));
        assert_eq!(excerpt.html(), "Les &lt;b&gt;<mark>élèves</mark>&lt;/b&gt; &amp; l’<mark>été</mark>");
        let marked: Vec<&str> = excerpt.marked.iter().map(|range| &excerpt.text[range.clone()]).collect();
        assert_eq!(marked, ["élèves", "été"]);
    }

    #[test]
    fn ranges_are_counted_as_front_ends_count() {
        let excerpt = Excerpt::of("🌳 été", Language::Fr, &marks(&["ete"]));
        assert_eq!(excerpt.marked_utf16(), vec![Range { start: 3, end: 6 }]);
    }

    #[test]
    fn a_long_text_is_cut_around_most_of_the_words() {
        let filler = "rien de tout cela ne compte ".repeat(40);
        let text = format!("vélo {filler}le vélo et la digue {filler}");
        let excerpt = Excerpt::of(&text, Language::Fr, &marks(&["velo", "digue"]));
        assert_eq!(excerpt.marked.len(), 2);
        assert!(excerpt.text.starts_with("… ") && excerpt.text.ends_with(" …"));
        assert!((LENGTH - 30..=LENGTH + 4).contains(&excerpt.text.chars().count()), "{}", excerpt.text.len());
        let plain = Excerpt::of(&filler, Language::Fr, &marks(&["digue"]));
        assert!(plain.text.starts_with("rien") && plain.marked.is_empty());
        assert_eq!(Excerpt::of("", Language::Fr, &marks(&["digue"])), Excerpt::default());
    }
}
