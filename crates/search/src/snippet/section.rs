//! The section of a page that matches a query best.

use passerelle_model::language::Language;
use passerelle_model::page::{Anchor, Heading};
use passerelle_text::fold::collapse_whitespace;

use crate::snippet::excerpt::{Excerpt, truncate};
use crate::snippet::highlight::{Highlight, Highlighter};

/// Maximum number of bytes of a page that are analysed.
const MAX_PAGE_BYTES: usize = 300_000;
/// Weight of a match in the heading, relative to a match in the text of the section.
const HEADING_WEIGHT: usize = 3;

/// Section of a page that matches best, with an excerpt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BestSection {
    /// Anchor of its heading. `None` for the text before the first heading, and if only the title matches.
    pub anchor: Option<Anchor>,
    /// Headings from the outermost to the heading of the section, without the title of the page.
    pub headings: Vec<String>,
    /// Excerpt of the section.
    pub excerpt: Excerpt,
}

/// Heading and the text below it.
struct Section<'t> {
    /// `None` for the text before the first heading.
    heading: Option<&'t Heading>,
    path: Vec<&'t Heading>,
    /// Byte range of its text, without the heading.
    text: std::ops::Range<usize>,
}

impl BestSection {
    /// Finds the section of a page. `text` is the plain text of [`passerelle_model::page::Page`].
    pub fn of(
        title: &str,
        headings: &[Heading],
        text: &str,
        lang: Language,
        highlighter: &Highlighter,
    ) -> Self {
        let text = truncate(text, MAX_PAGE_BYTES);
        let sections = sections(headings, text);
        let found = highlighter.find(text, lang);
        // Words of the title count as matched in every section.
        let titled: Vec<usize> =
            highlighter.find(title, lang).into_iter().map(|highlight| highlight.word).collect();
        let rank = |section: &&Section<'_>| {
            let (matched, count) = section.rank(&found, &titled, lang, highlighter);
            (matched, count, std::cmp::Reverse(section.text.start))
        };
        let Some(best) = sections.iter().max_by_key(rank) else { return Self::default() };
        let is_title = |heading: &&Heading| heading.text == title;
        let below_title = best.path.iter().filter(|heading| !is_title(heading));
        let has_place = best.heading.is_some_and(|heading| !is_title(&heading));
        Self {
            anchor: best.heading.filter(|_| has_place).map(|heading| heading.anchor.clone()),
            headings: below_title.map(|heading| heading.text.clone()).collect(),
            excerpt: best.excerpt(text, lang, highlighter),
        }
    }
}

impl Section<'_> {
    /// Returns the number of query words that it contains, then the weighted number of matches.
    fn rank(
        &self,
        found: &[Highlight],
        titled: &[usize],
        lang: Language,
        highlighter: &Highlighter,
    ) -> (usize, usize) {
        let first = found.partition_point(|highlight| highlight.range.start < self.text.start);
        let inside = found[first..].iter().take_while(|highlight| highlight.range.end <= self.text.end);
        let mut count = 0;
        let mut matched = vec![false; highlighter.word_count()];
        for word in titled {
            matched[*word] = true;
        }
        for highlight in inside {
            matched[highlight.word] = true;
            count += 1;
        }
        if let Some(heading) = self.heading {
            for highlight in highlighter.find(&heading.text, lang) {
                matched[highlight.word] = true;
                count += HEADING_WEIGHT;
            }
        }
        (matched.into_iter().filter(|is_matched| *is_matched).count(), count)
    }

    /// Returns an excerpt of its text, or of its heading if only that matches.
    fn excerpt(&self, text: &str, lang: Language, highlighter: &Highlighter) -> Excerpt {
        let own = Excerpt::of(&text[self.text.clone()], lang, highlighter);
        let heading = self.heading.filter(|_| own.highlights.is_empty());
        let named = heading.map(|heading| Excerpt::of(&heading.text, lang, highlighter));
        let has_more = |named: &Excerpt| {
            own.text.is_empty() || !named.highlights.is_empty() && own.text.len() < named.text.len()
        };
        named.filter(has_more).unwrap_or(own)
    }
}

/// Splits a text into sections. A section begins at the line that equals its heading.
fn sections<'t>(headings: &'t [Heading], text: &str) -> Vec<Section<'t>> {
    let mut flat = Vec::new();
    flatten(headings, &mut Vec::new(), &mut flat);
    let mut sections: Vec<Section<'t>> =
        vec![Section { heading: None, path: Vec::new(), text: 0..text.len() }];
    let mut lines = lines(text).into_iter();
    for path in flat {
        let Some(heading) = path.last().copied() else { continue };
        let wanted = collapse_whitespace(&heading.text);
        let mut rest = lines.clone();
        let Some((line, _)) = rest.find(|(_, written)| *written == wanted) else { continue };
        lines = rest;
        if let Some(last) = sections.last_mut() {
            last.text.end = line.start;
        }
        sections.push(Section { heading: Some(heading), path, text: line.end..text.len() });
    }
    sections
}

fn flatten<'t>(headings: &'t [Heading], above: &mut Vec<&'t Heading>, flat: &mut Vec<Vec<&'t Heading>>) {
    for heading in headings {
        above.push(heading);
        flat.push(above.clone());
        flatten(&heading.children, above, flat);
        above.pop();
    }
}

/// Returns the lines of a text with normalised white space and their byte ranges.
fn lines(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut at = 0;
    let line = |line: &str| {
        let range = at..at + line.len();
        at = range.end;
        (range, collapse_whitespace(line))
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(level: u8, text: &str, children: Vec<Heading>) -> Heading {
        let anchor = Anchor::new(passerelle_text::fold::slugify(text));
        Heading { level, text: text.to_owned(), anchor, children }
    }

    fn find(words: &[&str]) -> BestSection {
        let mut highlighter = Highlighter::default();
        words.iter().enumerate().for_each(|(at, word)| highlighter.add(Language::Fr, word, at));
        let venir = heading(2, "Venir", vec![heading(3, "À vélo", Vec::new())]);
        let headings = [heading(1, "Nous trouver", vec![heading(2, "Heures", Vec::new()), venir])];
        let text = "Nous trouver\n\nAu bord de l’eau.\n\nHeures\n\nLe matin.\n\nVenir\n\nEn navette.\n\nÀ vélo\n\nDes arceaux.";
        BestSection::of("Nous trouver", &headings, text, Language::Fr, &highlighter)
    }

    #[test]
    fn the_section_with_the_most_query_words_is_chosen() {
        let section = find(&["arceaux"]);
        assert_eq!(section.anchor.as_ref().map(Anchor::as_str), Some("a-velo"));
        assert_eq!(section.headings, ["Venir", "À vélo"]);
        assert_eq!(section.excerpt.html(), "Des <mark>arceaux</mark>.");
        assert_eq!(find(&["matin"]).anchor.as_ref().map(Anchor::as_str), Some("heures"));
        assert_eq!(find(&["velo"]).anchor.as_ref().map(Anchor::as_str), Some("a-velo"));
    }

    #[test]
    fn a_match_in_the_title_has_no_anchor() {
        let section = find(&["trouver"]);
        assert_eq!((section.anchor, section.headings), (None, Vec::new()));
        assert_eq!(find(&["ailleurs"]).anchor, None);
    }
}
