//! Counts tokens and brackets of a document before it is parsed.

/// Result of counting a document in one pass.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TokenCounts {
    /// Number of names, numbers, strings and punctuators.
    pub(super) tokens: usize,
    /// Maximum nesting of brackets.
    pub(super) bracket_depth: usize,
}

/// Counts the tokens of a text. The text need not be valid GraphQL.
pub(super) fn count_tokens(document: &str) -> TokenCounts {
    let (mut tokens, mut brackets, mut deepest) = (0_usize, 0_usize, 0_usize);
    let mut bytes = document.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' | b'(' => {
                tokens += 1;
                brackets += 1;
                deepest = deepest.max(brackets);
            }
            b'}' | b']' | b')' => {
                tokens += 1;
                brackets = brackets.saturating_sub(1);
            }
            b'"' => {
                tokens += 1;
                // Skips to the end of the string, or of the line if the string is not closed. The parser
                // reports that.
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
    TokenCounts { tokens, bracket_depth: deepest }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_are_ignored() {
        let text = format!("{{a(b: \"{}\")}} # {}", "{".repeat(99), "[".repeat(99));
        assert_eq!(count_tokens(&text), TokenCounts { tokens: 8, bracket_depth: 2 });
    }
}
