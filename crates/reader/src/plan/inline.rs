//! Converts the inline marks of HTML and pandoc to Markdown.

use std::borrow::Cow;

use unicode_normalization::char::compose;

/// Converts bold and italics to Markdown, footnote references to `<sup>n</sup>`, and entities to characters.
/// Removes tags without a meaning in plans. Keeps unknown tags.
pub(super) fn normalize_inline(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&', '^']) {
        return Cow::Borrowed(text);
    }
    let mut normalizer = InlineNormalizer::default();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&', '^', '[']) {
        normalizer.push(&rest[..at]);
        rest = normalizer.read_mark(&rest[at..]);
    }
    normalizer.push(rest);
    Cow::Owned(normalizer.into_markdown())
}

/// The name of the tag that a text begins with, in lower case, whether it closes, and the text after it.
pub(super) fn parse_tag(text: &str) -> Option<(String, bool, &str)> {
    let inside = text.strip_prefix('<')?;
    // Another `<` before the `>` means that this is not a tag.
    let end = inside.find(['<', '>']).filter(|end| inside[*end..].starts_with('>'))?;
    let (is_end_tag, name) =
        inside[..end].strip_prefix('/').map_or((false, &inside[..end]), |name| (true, name));
    let length = name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len());
    let (name, attributes) = name.split_at(length);
    // An address between angle brackets is no tag.
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && (attributes.is_empty()
            || attributes.starts_with(|next: char| next.is_whitespace() || next == '/'));
    is_name.then(|| (name.to_ascii_lowercase(), is_end_tag, &inside[end + 1..]))
}

/// Reads the exponent of a unit: `m<sup>2</sup>` and `km^2^`. It is no footnote reference.
fn parse_exponent<'a>(before: &str, text: &'a str) -> Option<(&'static str, &'a str)> {
    const MARKS: [(&str, &str); 2] = [("<sup>", "</sup>"), ("^", "^")];
    let unit = before.rsplit(|character: char| !character.is_alphabetic()).next()?;
    if !["m", "cm", "dm", "km", "mm"].contains(&unit) {
        return None;
    }
    let inside = |(open, close): &(&str, &str)| text.strip_prefix(open)?.split_once(close);
    let (digit, rest) = MARKS.iter().find_map(inside)?;
    match digit.trim() {
        "2" => Some(("²", rest)),
        "3" => Some(("³", rest)),
        _ => None,
    }
}

/// Bold and italics.
const EMPHASIS_MARKERS: [&str; 2] = ["**", "*"];

#[derive(Default)]
struct InlineNormalizer {
    text: String,
    /// Start of each kind of open emphasis.
    open: [Option<usize>; 2],
    /// Start and end of the last closed emphasis of each kind.
    closed: [Option<(usize, usize)>; 2],
    /// Emphasis has just begun: no space comes before its first word.
    at_emphasis_start: bool,
}

impl InlineNormalizer {
    fn push(&mut self, text: &str) {
        let text = if self.at_emphasis_start { text.trim_start() } else { text };
        self.at_emphasis_start &= text.is_empty();
        self.text.push_str(text);
    }

    /// Reads the mark at the start of a text. Returns the rest of the text.
    fn read_mark<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some((exponent, rest)) = parse_exponent(&self.text, text) {
            self.push(exponent);
            return rest;
        }
        if let Some((written, rest)) = parse_footnote_reference(text) {
            self.push(&written);
            return rest;
        }
        if let Some((decoded, rest)) = decode_entity(text) {
            self.push(decoded.encode_utf8(&mut [0; 4]));
            return rest;
        }
        if let Some((name, is_end_tag, rest)) = parse_tag(text) {
            match name.as_str() {
                "b" | "strong" => self.emphasis(0, is_end_tag, rest),
                "i" | "em" => self.emphasis(1, is_end_tag, rest),
                "sup" => self.push(if is_end_tag { "</sup>" } else { "<sup>" }),
                "li" if !is_end_tag => self.push(" - "),
                "br" | "p" | "div" | "li" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                    self.push(" ");
                }
                "a" | "span" | "u" | "font" | "small" | "center" => {}
                _ => self.push(&text[..text.len() - rest.len()]),
            }
            return rest;
        }
        let (mark, rest) = text.split_at(1);
        self.push(mark);
        rest
    }

    fn emphasis(&mut self, kind: usize, is_end_tag: bool, rest: &str) {
        let mark = EMPHASIS_MARKERS[kind];
        match (self.open[kind], is_end_tag) {
            (None, false) => {
                let end = self.text.len();
                if let Some((start, _)) = self.closed[kind].take().filter(|(_, closed)| *closed == end) {
                    // `<b>a</b><b>b</b>` is one run.
                    self.text.truncate(end - mark.len());
                    self.open[kind] = Some(start);
                    return;
                }
                if rest.starts_with(char::is_whitespace) {
                    self.text.push(' ');
                }
                self.open[kind] = Some(self.text.len());
                self.text.push_str(mark);
                self.at_emphasis_start = true;
            }
            (Some(start), true) => {
                self.open[kind] = None;
                self.at_emphasis_start = false;
                let end = self.text.trim_end().len();
                let has_space = end < self.text.len();
                self.text.truncate(end);
                if end <= start + mark.len() {
                    self.text.truncate(start);
                } else {
                    self.text.push_str(mark);
                    self.closed[kind] = Some((start, self.text.len()));
                }
                if has_space {
                    self.text.push(' ');
                }
            }
            _ => {}
        }
    }

    fn into_markdown(mut self) -> String {
        // Emphasis that is never closed is text. Marks are removed from the end, so that earlier positions
        // stay valid.
        let mut open: Vec<_> =
            (0..2).filter_map(|kind| Some((self.open[kind]?, EMPHASIS_MARKERS[kind].len()))).collect();
        open.sort_unstable();
        for (start, length) in open.into_iter().rev() {
            self.text.replace_range(start..(start + length).min(self.text.len()), "");
        }
        self.text
    }
}

/// A call to a footnote as pandoc writes it: `^1^`, `[^1]`.
fn parse_footnote_reference(text: &str) -> Option<(String, &str)> {
    let (inside, end) = text
        .strip_prefix("[^")
        .map(|inside| (inside, ']'))
        .or_else(|| Some((text.strip_prefix('^')?, '^')))?;
    let length = inside.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = inside[length..].strip_prefix(end)?;
    (length > 0).then(|| (format!("<sup>{}</sup>", &inside[..length]), rest))
}

/// The longest name of an entity that is read.
const MAX_ENTITY_BYTES: usize = 8;

/// Decodes the entity at the start of a text. Returns its character and the rest of the text.
fn decode_entity(text: &str) -> Option<(char, &str)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(MAX_ENTITY_BYTES + 1).position(|byte| byte == b';')?;
    let (name, rest) = (&inside[..end], &inside[end + 1..]);
    let begins_name = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "#/!?".contains(next));
    // Keep an entity whose character would start a tag or another entity.
    if begins_name && matches!(name, "amp" | "lt" | "#38" | "#60") {
        return None;
    }
    let number = name.strip_prefix('#');
    let decoded = match number
        .map(|digits| digits.strip_prefix(['x', 'X']).map_or((digits, 10), |hex| (hex, 16)))
    {
        Some((digits, radix)) => {
            u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|letter| *letter != '\0')
        }
        None => named_entity(name),
    };
    Some((decoded?, rest))
}

fn named_entity(name: &str) -> Option<char> {
    let letter = match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "shy" => '\u{AD}',
        "oelig" => 'œ',
        "OElig" => 'Œ',
        "aelig" => 'æ',
        "AElig" => 'Æ',
        "szlig" => 'ß',
        "euro" => '€',
        "deg" => '°',
        "laquo" => '«',
        "raquo" => '»',
        "lsquo" => '\u{2018}',
        "rsquo" => '\u{2019}',
        "ldquo" => '“',
        "rdquo" => '”',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "middot" => '·',
        "bull" => '•',
        _ => return accented_entity(name),
    };
    Some(letter)
}

/// `eacute`, `Agrave`: a letter and its accent.
fn accented_entity(name: &str) -> Option<char> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let accent = match &name[1..] {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "uml" => '\u{308}',
        "ring" => '\u{30A}',
        "cedil" => '\u{327}',
        _ => return None,
    };
    compose(letter, accent)
}

/// Removes white space from both ends.
pub(super) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_emphasis_becomes_markdown() {
        assert_eq!(
            normalize_inline("<B class=\"x\"> Ouvrir </B>la <em>ville</em>"),
            " **Ouvrir** la *ville*"
        );
        assert_eq!(normalize_inline("<strong>AXE 1:</strong><strong> Ouvrir</strong>"), "**AXE 1: Ouvrir**");
        assert_eq!(normalize_inline("<b></b>Ouvrir<b>"), "Ouvrir");
        assert_eq!(normalize_inline("Planter<br/>ici <span id=\"p\">là</span>"), "Planter ici là");
        assert_eq!(
            normalize_inline("<ul><li>a</li><li>b</li></ul>").split_whitespace().collect::<Vec<_>>(),
            ["-", "a", "-", "b"]
        );
    }

    #[test]
    fn footnote_references_are_normalized() {
        assert_eq!(
            normalize_inline("Ouvrir<SUP class=\"n\">2</SUP> la^3^ ville[^14]"),
            "Ouvrir<sup>2</sup> la<sup>3</sup> ville<sup>14</sup>"
        );
    }

    #[test]
    fn entities_are_decoded() {
        assert_eq!(
            normalize_inline("&Agrave; l&rsquo;&eacute;t&#233;&#xE9;&nbsp;&amp; apr&egrave;s"),
            "À l’étéé & après"
        );
        assert_eq!(
            normalize_inline("&lt;b> &amp;amp; &inconnu; & 3 < 4"),
            "&lt;b> &amp;amp; &inconnu; & 3 < 4"
        );
    }

    #[test]
    fn other_markup_is_kept() {
        for text in ["<https://a.example/>", "2<sup>e</sup> mare", "a < b <c", "x^2", "[lien](b)", "<video>"]
        {
            assert_eq!(normalize_inline(text), text);
        }
    }
}
