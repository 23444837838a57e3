//! Unicode escapes in strings that the parser of the engine does not know: `\u{1F600}` and surrogate pairs,
//! as the September 2025 text of the GraphQL specification defines them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Replaces these escapes with the character itself, or with a `\u` escape of four digits. Leaves invalid
/// escapes as they are: the parser reports them.
pub(crate) fn replace_unicode_escapes(document: &str) -> Cow<'_, str> {
    if !document.contains("\\u{") && !document.contains("\\uD") && !document.contains("\\ud") {
        return Cow::Borrowed(document);
    }
    let mut output = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(start) = rest.find(['"', '#']) {
        output.push_str(&rest[..start]);
        rest = &rest[start..];
        if rest.starts_with('#') {
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            output.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if rest.starts_with("\"\"\"") {
            let end = block_string_end(rest);
            output.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            rest = copy_string(rest, &mut output);
        }
    }
    output.push_str(rest);
    Cow::Owned(output)
}

/// Returns the length of the block string at the start of a text. A block string has no Unicode escapes.
fn block_string_end(text: &str) -> usize {
    let mut at = 3;
    while let Some(end) = text[at..].find("\"\"\"") {
        let end = at + end;
        if !text[..end].ends_with('\\') {
            return end + 3;
        }
        at = end + 3;
    }
    text.len()
}

/// Copies the string at the start of a text, with its escapes replaced. Returns the text after it.
fn copy_string<'t>(text: &'t str, output: &mut String) -> &'t str {
    output.push('"');
    let mut rest = &text[1..];
    while let Some(character) = rest.chars().next() {
        if character == '\\' {
            if let Some((character, length)) = unicode_escape(rest) {
                match u16::try_from(u32::from(character)) {
                    // Writing to a string does not fail.
                    Ok(unit) => drop(write!(output, "\\u{unit:04X}")),
                    Err(_) => output.push(character),
                }
                rest = &rest[length..];
                continue;
            }
            let length = rest.chars().take(2).map(char::len_utf8).sum();
            output.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        output.push(character);
        rest = &rest[character.len_utf8()..];
        if matches!(character, '"' | '\n' | '\r') {
            break;
        }
    }
    rest
}

/// Reads `\u{…}` or a surrogate pair at the start of a text. Returns the character and the length of the
/// escape.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("\\u")?;
    if let Some(digits) = digits.strip_prefix('{') {
        let end = digits.find('}')?;
        let code = parse_hex(&digits[..end])?;
        return Some((char::from_u32(code)?, "\\u{}".len() + end));
    }
    let high = parse_hex(digits.get(..4)?)?;
    let low = parse_hex(digits[4..].strip_prefix("\\u")?.get(..4)?)?;
    if !(0xD800..0xDC00).contains(&high) || !(0xDC00..0xE000).contains(&low) {
        return None;
    }
    let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(code)?, "\\uXXXX\\uXXXX".len()))
}

fn parse_hex(digits: &str) -> Option<u32> {
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_characters() {
        for (document, expected) in [
            (r#"{a(b: "\uD83D\uDE00")}"#, "{a(b: \"😀\")}"),
            (r#"{a(b: "x\u{1F600}y")}"#, "{a(b: \"x😀y\")}"),
            (r#"{a(b: "\u{22}\u{E9}")}"#, r#"{a(b: "\u0022\u00E9")}"#),
            (r#"{a(b: "\\u{1F600}")}"#, r#"{a(b: "\\u{1F600}")}"#),
            (
                r#"# "\u{41}"
              {a(b: """\u{41}""" c: "\"\u{41}")}"#,
                r#"# "\u{41}"
              {a(b: """\u{41}""" c: "\"\u0041")}"#,
            ),
            (
                r#"{a(b: "\u{110000} \uD83D \uDE00\uD83D \u{}")}"#,
                r#"{a(b: "\u{110000} \uD83D \uDE00\uD83D \u{}")}"#,
            ),
            (r#"{a(b: "\u{41"#, r#"{a(b: "\u{41"#),
        ] {
            assert_eq!(replace_unicode_escapes(document), expected);
        }
    }
}
