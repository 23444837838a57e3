//! No-break spaces after the marks of blocks.

/// Replaces the no-break space after the mark of a heading or list item by a space: `# Title`, `- item`.
///
/// A keyboard writes one if the key for `#` or `-` is still held down, and Markdown then sees a text.
pub(crate) fn plain_block_spaces(text: String) -> String {
    if !text.contains('\u{A0}') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mark = mark_length(line);
        match line[mark..].strip_prefix('\u{A0}').filter(|_| mark > 0) {
            Some(rest) => plain.extend([&line[..mark], " ", rest]),
            None => plain.push_str(line),
        }
    }
    plain
}

/// The length of the mark of a block with the spaces before it. 0 if the line has none.
fn mark_length(line: &str) -> usize {
    let start = line.len() - line.trim_start_matches(' ').len();
    let text = &line[start..];
    let hashes = text.bytes().take_while(|byte| *byte == b'#').count();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let length = match text.as_bytes().first() {
        Some(b'#') if hashes <= 6 => hashes,
        Some(b'-' | b'*' | b'+' | b'>') => 1,
        _ if (1..=9).contains(&digits) && text[digits..].starts_with(['.', ')']) => digits + 1,
        _ => return 0,
    };
    start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_break_space_after_a_block_mark_is_a_space() {
        let nbsp = |text: &str| text.replace('~', "\u{A0}");
        let plain = plain_block_spaces(nbsp("##~Mares\n\n-~un~mot\n  1.~deux\n~texte\nà~la fin"));
        assert_eq!(plain, nbsp("## Mares\n\n- un~mot\n  1. deux\n~texte\nà~la fin"));
    }
}
