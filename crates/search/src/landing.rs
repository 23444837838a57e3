//! The heading of a page to land at: that of the section that answers most of the question.

use passerelle_model::language::Language;
use passerelle_model::page::Heading;
use passerelle_text::fold::tidy;

use crate::excerpt::{Excerpt, beginning};
use crate::marks::{Mark, Marks};

/// More of a page is not looked at, in bytes.
const MOST_LOOKED_AT: usize = 300_000;
/// What a word counts in a heading, beside one in the text below it.
const IN_HEADING: usize = 3;

/// Where in a page a hit leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landing {
    /// The heading to land at. None for the top of the page.
    pub anchor: Option<String>,
    /// The headings down to it, that one included, the title of the page left out.
    pub headings: Vec<String>,
    /// What it says there.
    pub excerpt: Excerpt,
}

/// A heading with what stands below it.
struct Section<'t> {
    /// None for what stands before every heading.
    heading: Option<&'t Heading>,
    path: Vec<&'t Heading>,
    /// Where it begins and ends in the text, without the heading.
    text: std::ops::Range<usize>,
}

impl Landing {
    /// The best place of a page to land at. `text` is all of its text, as [`passerelle_model::page::Page`] has it.
    pub fn of(title: &str, headings: &[Heading], text: &str, lang: Language, marks: &Marks) -> Self {
        let text = beginning(text, MOST_LOOKED_AT);
        let sections = sections(headings, text);
        let found = marks.of(text, lang);
        // What the title answers is answered wherever in the page one lands.
        let titled: Vec<usize> = marks.of(title, lang).into_iter().map(|mark| mark.word).collect();
        let worth = |section: &&Section<'_>| {
            let (answered, count) = section.worth(&found, &titled, lang, marks);
            (answered, count, std::cmp::Reverse(section.text.start))
        };
        let Some(best) = sections.iter().max_by_key(worth) else { return Self::default() };
        let is_title = |heading: &&Heading| heading.text == title;
        let below_title = best.path.iter().filter(|heading| !is_title(heading));
        let has_place = best.heading.is_some_and(|heading| !is_title(&heading));
        Self {
            anchor: best.heading.filter(|_| has_place).map(|heading| heading.anchor.clone()),
            headings: below_title.map(|heading| heading.text.clone()).collect(),
            excerpt: best.excerpt(text, lang, marks),
        }
    }
}

impl Section<'_> {
    /// How many words of the question it answers, then how often.
    fn worth(&self, found: &[Mark], titled: &[usize], lang: Language, marks: &Marks) -> (usize, usize) {
        let first = found.partition_point(|mark| mark.range.start < self.text.start);
        let inside = found[first..].iter().take_while(|mark| mark.range.end <= self.text.end);
        let mut count = 0;
        let mut answered = vec![false; marks.word_count()];
        for word in titled {
            answered[*word] = true;
        }
        for mark in inside {
            answered[mark.word] = true;
            count += 1;
        }
        if let Some(heading) = self.heading {
            for mark in marks.of(&heading.text, lang) {
                answered[mark.word] = true;
                count += IN_HEADING;
            }
        }
        (answered.into_iter().filter(|is_answered| *is_answered).count(), count)
    }

    /// What it says, or its heading where it says nothing.
    fn excerpt(&self, text: &str, lang: Language, marks: &Marks) -> Excerpt {
        let own = Excerpt::of(&text[self.text.clone()], lang, marks);
        let heading = self.heading.filter(|_| own.marked.is_empty());
        let named = heading.map(|heading| Excerpt::of(&heading.text, lang, marks));
        let has_more = |named: &Excerpt| {
            own.text.is_empty() || !named.marked.is_empty() && own.text.len() < named.text.len()
        };
        named.filter(has_more).unwrap_or(own)
    }
}

/// The sections of a text: each begins at the line that says what its heading says.
fn sections<'t>(headings: &'t [Heading], text: &str) -> Vec<Section<'t>> {
    let mut flat = Vec::new();
    flatten(headings, &mut Vec::new(), &mut flat);
    let mut sections: Vec<Section<'t>> =
        vec![Section { heading: None, path: Vec::new(), text: 0..text.len() }];
    let mut lines = lines(text).into_iter();
    for path in flat {
        let Some(heading) = path.last().copied() else { continue };
        let wanted = tidy(&heading.text);
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

/// The lines of a text, tidied, with where they stand.
fn lines(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut at = 0;
    let line = |line: &str| {
        let range = at..at + line.len();
        at = range.end;
        (range, tidy(line))
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(level: u8, text: &str, children: Vec<Heading>) -> Heading {
        let anchor = passerelle_text::fold::slugify(text);
        Heading { level, text: text.to_owned(), anchor, children }
    }

    fn land(words: &[&str]) -> Landing {
        let mut marks = Marks::default();
        words.iter().enumerate().for_each(|(at, word)| marks.add(Language::Fr, word, at));
        let venir = heading(2, "Venir", vec![heading(3, "À vélo", Vec::new())]);
        let headings = [heading(1, "Nous trouver", vec![heading(2, "Heures", Vec::new()), venir])];
        let text = "Nous trouver\n\nAu bord de l’eau.\n\nHeures\n\nLe matin.\n\nVenir\n\nEn navette.\n\nÀ vélo\n\nDes arceaux.";
        Landing::of("Nous trouver", &headings, text, Language::Fr, &marks)
    }

    #[test]
    fn a_hit_leads_to_the_section_that_answers_most() {
        let landing = land(&["arceaux"]);
        assert_eq!(landing.anchor.as_deref(), Some("a-velo"));
        assert_eq!(landing.headings, ["Venir", "À vélo"]);
        assert_eq!(landing.excerpt.html(), "Des <mark>arceaux</mark>.");
        assert_eq!(land(&["matin"]).anchor.as_deref(), Some("heures"));
        assert_eq!(land(&["velo"]).anchor.as_deref(), Some("a-velo"));
    }

    #[test]
    fn what_the_title_answers_leads_to_the_top() {
        let landing = land(&["trouver"]);
        assert_eq!((landing.anchor, landing.headings), (None, Vec::new()));
        assert_eq!(land(&["ailleurs"]).anchor, None);
    }
}
