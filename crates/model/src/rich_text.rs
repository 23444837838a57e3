//! Formatted text in the three forms that front ends ask for.

use serde::{Deserialize, Serialize};

use crate::slot::{Form, Resolve, Unresolved, fill, has_slots};

/// One text, three ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RichText {
    /// HTML that is safe by construction: only elements and addresses that the renderer wrote itself.
    pub html: String,
    /// Plain text: no markup; blocks stand apart by an empty line, items of a list begin with `- `.
    pub text: String,
    /// CommonMark, as the editor wrote it where that was CommonMark.
    pub markdown: String,
}

impl RichText {
    /// Whether there is nothing to read or to see.
    pub fn is_empty(&self) -> bool {
        self.html.is_empty() && self.text.is_empty() && self.markdown.is_empty()
    }

    /// Adds a text, as a block of its own.
    pub fn push(&mut self, part: &Self) {
        append(&mut self.html, &part.html, "\n");
        append(&mut self.text, &part.text, "\n\n");
        append(&mut self.markdown, &part.markdown, "\n\n");
    }

    /// The text with those slots filled that ask for nothing of other files.
    #[must_use]
    pub fn settled(self) -> Self {
        let is_done = !has_slots(&self.html) && !has_slots(&self.text) && !has_slots(&self.markdown);
        if is_done { self } else { self.filled(&Unresolved) }
    }

    /// The text with its slots filled as far as the answers are known.
    #[must_use]
    pub fn filled(&self, answers: &impl Resolve) -> Self {
        Self {
            html: fill(&self.html, Form::Html, answers),
            text: fill(&self.text, Form::Text, answers),
            markdown: fill(&self.markdown, Form::Markdown, answers),
        }
    }
}

fn append(whole: &mut String, part: &str, between: &str) {
    if part.is_empty() {
        return;
    }
    if !whole.is_empty() {
        whole.push_str(between);
    }
    whole.push_str(part);
}

/// The beginning of a text on one line, at most `length` characters long, cut between words and marked with `…`
/// where it is cut.
pub fn excerpt(text: &str, length: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= length {
        return line;
    }
    let room: String = line.chars().take(length.saturating_sub(1)).collect();
    // A word that is longer than the whole excerpt is the one case where cutting inside a word beats an empty answer.
    let cut =
        if line[room.len()..].starts_with(' ') { room.len() } else { room.rfind(' ').unwrap_or(room.len()) };
    let kept = room[..cut].trim_end_matches(|character: char| !character.is_alphanumeric());
    format!("{}…", if kept.is_empty() { room.as_str() } else { kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_at_a_word() {
        assert_eq!(excerpt("Le parc,  la mare\n\net le verger", 14), "Le parc, la…");
        assert_eq!(excerpt("Le parc, la mare", 9), "Le parc…");
        assert_eq!(excerpt("Le parc", 7), "Le parc");
        assert_eq!(excerpt("Anticonstitutionnellement", 6), "Antic…");
        assert_eq!(excerpt("", 0), "");
    }
}
