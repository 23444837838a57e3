//! What is refused before the engine sees it, counted in linear time.
//!
//! The engine's own limits look at a document after expanding its fragments, which 870 bytes can make cost gigabytes.
//! Here each fragment is counted once.

use std::collections::HashMap;

use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::answer::Answer;
use crate::error::Code;

/// The longest document, in bytes.
const MAX_BYTES: usize = 32 * 1024;
/// The most tokens: names, numbers, strings and signs.
const MAX_TOKENS: usize = 2_000;
/// The deepest brackets, which the parser recurses into.
const MAX_BRACKETS: usize = 64;
/// The most selections once every fragment is put in its place.
const MAX_SELECTIONS: usize = 2_000;
/// The most fields under another name than their own, which ask for the same thing many times.
const MAX_ALIASES: usize = 30;

/// Refuses a document that is too large to be parsed.
pub(super) fn assert_small(document: &str) -> Result<(), Answer> {
    if document.len() > MAX_BYTES {
        return refused(format!("The document has {} bytes; {MAX_BYTES} are answered.", document.len()));
    }
    let (mut tokens, mut brackets, mut deepest) = (0_usize, 0_usize, 0_usize);
    let mut bytes = document.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' | b'(' => {
                tokens += 1;
                brackets += 1;
                deepest = deepest.max(brackets);
            }
            b'}' | b']' | b')' => brackets = brackets.saturating_sub(1),
            b'"' => {
                tokens += 1;
                // To the end of the string, or of the line where there is none; the parser says what is wrong then.
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' | b'\n' => break,
                        _ => {}
                    }
                }
            }
            b'#' => while bytes.next_if(|byte| *byte != b'\n').is_some() {},
            byte if is_word(byte) => {
                tokens += 1;
                while bytes.next_if(|byte| is_word(*byte)).is_some() {}
            }
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {}
            _ => tokens += 1,
        }
    }
    if tokens > MAX_TOKENS {
        return refused(format!("The document has {tokens} tokens; {MAX_TOKENS} are answered."));
    }
    if deepest > MAX_BRACKETS {
        return refused(format!("The document nests {deepest} deep; {MAX_BRACKETS} are answered."));
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Refuses a document that is too large once its fragments are expanded, or whose fragments go round in circles.
pub(super) fn assert_bounded(document: &ExecutableDocument) -> Result<(), Answer> {
    let mut counter = Counter { document, known: HashMap::new() };
    let mut total = Count::default();
    for (_, operation) in document.operations.iter() {
        let Some(count) = counter.count(&operation.node.selection_set.node) else {
            return refused("The fragments of the document go round in circles.".to_owned());
        };
        total = total.and(count);
    }
    if total.selections > MAX_SELECTIONS {
        return refused(format!("The document selects more than {MAX_SELECTIONS} fields."));
    }
    if total.aliases > MAX_ALIASES {
        return refused(format!("The document has more than {MAX_ALIASES} aliases."));
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Count {
    selections: usize,
    aliases: usize,
}

impl Count {
    fn and(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
        }
    }
}

struct Counter<'a> {
    document: &'a ExecutableDocument,
    /// What each fragment counts once it was looked at; none while it is being looked at.
    known: HashMap<&'a str, Option<Count>>,
}

impl<'a> Counter<'a> {
    /// None where a fragment is inside itself. The recursion is as deep as the brackets, which are bounded, times the
    /// fragments that spread each other, which tokens bound.
    fn count(&mut self, set: &'a SelectionSet) -> Option<Count> {
        let mut total = Count::default();
        for selection in &set.items {
            total = total.and(Count { selections: 1, aliases: 0 });
            let inside = match &selection.node {
                Selection::Field(field) => {
                    total.aliases += usize::from(field.node.alias.is_some());
                    self.count(&field.node.selection_set.node)?
                }
                Selection::InlineFragment(fragment) => self.count(&fragment.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    self.fragment(spread.node.fragment_name.node.as_str())?
                }
            };
            total = total.and(inside);
        }
        Some(total)
    }

    fn fragment(&mut self, name: &'a str) -> Option<Count> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        // An unknown fragment is for the engine to tell.
        let document = self.document;
        let Some((_, fragment)) = document.fragments.iter().find(|(known, _)| known.as_str() == name) else {
            return Some(Count::default());
        };
        self.known.insert(name, None);
        let count = self.count(&fragment.node.selection_set.node)?;
        self.known.insert(name, Some(count));
        Some(count)
    }
}

fn refused(message: String) -> Result<(), Answer> {
    Err(Answer::refused(Code::ValidationFailed, ServerError::new(message, None)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use std::fmt::Write;

    fn is_bounded(document: &str) -> bool {
        assert_bounded(&parse_query(document).unwrap()).is_ok()
    }

    #[test]
    fn a_bomb_of_fragments_is_refused() {
        let mut bomb = "{...F0}".to_owned();
        for level in 0..25 {
            let next = level + 1;
            write!(bomb, " fragment F{level} on Query {{...F{next} ...F{next}}}").unwrap();
        }
        bomb.push_str(" fragment F25 on Query {__typename}");
        assert!(assert_small(&bomb).is_ok());
        assert!(!is_bounded(&bomb));
        assert!(!is_bounded("{...A} fragment A on Query {...B} fragment B on Query {...A}"));
        assert!(is_bounded("{...A ...A} fragment A on Query {a}"));
    }

    #[test]
    fn limits_hold_at_their_edges() {
        let fields = |count: usize| format!("{{{}}}", "a ".repeat(count));
        assert!(assert_small(&fields(MAX_TOKENS - 1)).is_ok());
        assert!(assert_small(&fields(MAX_TOKENS)).is_err());
        let nested = |depth: usize| format!("{}{}", "{a".repeat(depth), "}".repeat(depth));
        assert!(assert_small(&nested(MAX_BRACKETS)).is_ok());
        assert!(assert_small(&nested(MAX_BRACKETS + 1)).is_err());
        assert!(assert_small(&"#".repeat(MAX_BYTES)).is_ok());
        assert!(assert_small(&"#".repeat(MAX_BYTES + 1)).is_err());
        let aliases = |count: usize| {
            let fields: Vec<String> = (0..count).map(|n| format!("a{n}: b")).collect();
            format!("{{{}}}", fields.join(" "))
        };
        assert!(is_bounded(&aliases(MAX_ALIASES)));
        assert!(!is_bounded(&aliases(MAX_ALIASES + 1)));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert!(assert_small(&format!("{{a(b: \"{}\")}} # {}", "{".repeat(99), "[".repeat(99))).is_ok());
    }
}
