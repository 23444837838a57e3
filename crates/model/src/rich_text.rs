//! Formatted text in the three forms that front ends ask for.

use serde::{Deserialize, Serialize};

use crate::placeholder::{LocalResolver, PlaceholderResolver, TextFormat, fill, has_placeholders};

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
    pub fn push(&mut self, other: &Self) {
        append_with_separator(&mut self.html, &other.html, "\n");
        append_with_separator(&mut self.text, &other.text, "\n\n");
        append_with_separator(&mut self.markdown, &other.markdown, "\n\n");
    }

    /// The text with those placeholders filled that ask for nothing of other files.
    #[must_use]
    pub fn fill_local_placeholders(self) -> Self {
        let has_no_placeholders = !has_placeholders(&self.html)
            && !has_placeholders(&self.text)
            && !has_placeholders(&self.markdown);
        if has_no_placeholders { self } else { self.fill_placeholders(&LocalResolver) }
    }

    /// The text with its placeholders filled as far as the answers are known.
    #[must_use]
    pub fn fill_placeholders(&self, resolver: &impl PlaceholderResolver) -> Self {
        Self {
            html: fill(&self.html, TextFormat::Html, resolver),
            text: fill(&self.text, TextFormat::Text, resolver),
            markdown: fill(&self.markdown, TextFormat::Markdown, resolver),
        }
    }
}

fn append_with_separator(buffer: &mut String, other: &str, separator: &str) {
    if other.is_empty() {
        return;
    }
    if !buffer.is_empty() {
        buffer.push_str(separator);
    }
    buffer.push_str(other);
}

/// The beginning of a text on one line, at most `length` characters long, cut between words and marked with `…`
/// where it is cut.
pub fn excerpt(text: &str, length: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= length {
        return line;
    }
    let prefix: String = line.chars().take(length.saturating_sub(1)).collect();
    // A word that is longer than the whole excerpt is the one case where cutting inside a word beats an empty answer.
    let end = if line[prefix.len()..].starts_with(' ') {
        prefix.len()
    } else {
        prefix.rfind(' ').unwrap_or(prefix.len())
    };
    let trimmed = prefix[..end].trim_end_matches(|character: char| !character.is_alphanumeric());
    format!("{}…", if trimmed.is_empty() { prefix.as_str() } else { trimmed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_end_at_a_word_boundary() {
        assert_eq!(excerpt("Le parc,  la mare\n\net le verger", 14), "Le parc, la…");
        assert_eq!(excerpt("Le parc, la mare", 9), "Le parc…");
        assert_eq!(excerpt("Le parc", 7), "Le parc");
        assert_eq!(excerpt("Anticonstitutionnellement", 6), "Antic…");
        assert_eq!(excerpt("", 0), "");
    }
}
