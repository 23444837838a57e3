//! Marks inside a text: what HTML and pandoc write, as the Markdown that says the same.

use std::borrow::Cow;

use unicode_normalization::char::compose;

/// The text with bold and italics as Markdown, calls to footnotes as `<sup>n</sup>`, entities as characters, and
/// without the tags that say nothing here. Tags that are not known stay.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&', '^']) {
        return Cow::Borrowed(text);
    }
    let mut marks = Marks::default();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&', '^', '[']) {
        marks.push(&rest[..at]);
        rest = marks.read(&rest[at..]);
    }
    marks.push(rest);
    Cow::Owned(marks.finish())
}

/// The name of the tag that a text begins with, in lower case, whether it closes, and the text after it.
pub(super) fn tag(text: &str) -> Option<(String, bool, &str)> {
    let inside = text.strip_prefix('<')?;
    // Another `<` before the `>`: no tag, and no reason to look further.
    let end = inside.find(['<', '>']).filter(|end| inside[*end..].starts_with('>'))?;
    let (closes, name) = inside[..end].strip_prefix('/').map_or((false, &inside[..end]), |name| (true, name));
    let length = name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len());
    let (name, attributes) = name.split_at(length);
    // An address between angle brackets is no tag.
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && (attributes.is_empty()
            || attributes.starts_with(|next: char| next.is_whitespace() || next == '/'));
    is_name.then(|| (name.to_ascii_lowercase(), closes, &inside[end + 1..]))
}

/// Bold and italics.
const EMPHASIS: [&str; 2] = ["**", "*"];

#[derive(Default)]
struct Marks {
    text: String,
    /// Where the emphasis of each kind began that is open.
    open: [Option<usize>; 2],
    /// Where the emphasis of each kind began that was closed last, and where it ended.
    closed: [Option<(usize, usize)>; 2],
    /// Emphasis has just begun: no space comes before its first word.
    has_begun: bool,
}

impl Marks {
    fn push(&mut self, text: &str) {
        let text = if self.has_begun { text.trim_start() } else { text };
        self.has_begun &= text.is_empty();
        self.text.push_str(text);
    }

    /// Reads the mark that a text begins with, and gives back what comes after it.
    fn read<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some((written, rest)) = call(text) {
            self.push(&written);
            return rest;
        }
        if let Some((decoded, rest)) = entity(text) {
            self.push(decoded.encode_utf8(&mut [0; 4]));
            return rest;
        }
        if let Some((name, closes, rest)) = tag(text) {
            match name.as_str() {
                "b" | "strong" => self.emphasis(0, closes, rest),
                "i" | "em" => self.emphasis(1, closes, rest),
                "sup" => self.push(if closes { "</sup>" } else { "<sup>" }),
                "li" if !closes => self.push(" - "),
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

    fn emphasis(&mut self, kind: usize, closes: bool, rest: &str) {
        let mark = EMPHASIS[kind];
        match (self.open[kind], closes) {
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
                self.has_begun = true;
            }
            (Some(start), true) => {
                self.open[kind] = None;
                self.has_begun = false;
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

    fn finish(mut self) -> String {
        // What never closes is no emphasis. From the end, so that no place moves.
        let mut open: Vec<_> =
            (0..2).filter_map(|kind| Some((self.open[kind]?, EMPHASIS[kind].len()))).collect();
        open.sort_unstable();
        for (start, length) in open.into_iter().rev() {
            self.text.replace_range(start..(start + length).min(self.text.len()), "");
        }
        self.text
    }
}

/// A call to a footnote as pandoc writes it: `^1^`, `[^1]`.
fn call(text: &str) -> Option<(String, &str)> {
    let (inside, end) = text
        .strip_prefix("[^")
        .map(|inside| (inside, ']'))
        .or_else(|| Some((text.strip_prefix('^')?, '^')))?;
    let length = inside.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let rest = inside[length..].strip_prefix(end)?;
    (length > 0).then(|| (format!("<sup>{}</sup>", &inside[..length]), rest))
}

/// The longest name of an entity that is read.
const LONGEST_ENTITY: usize = 8;

/// The character that an entity at the beginning of a text stands for, and the text after it.
fn entity(text: &str) -> Option<(char, &str)> {
    let inside = text.strip_prefix('&')?;
    let end = inside.bytes().take(LONGEST_ENTITY + 1).position(|byte| byte == b';')?;
    let (name, rest) = (&inside[..end], &inside[end + 1..]);
    let begins_name = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "#/!?".contains(next));
    // What would become a tag or an entity of its own stays as it is.
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
        None => named(name),
    };
    Some((decoded?, rest))
}

fn named(name: &str) -> Option<char> {
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
        _ => return accented(name),
    };
    Some(letter)
}

/// `eacute`, `Agrave`: a letter and its accent.
fn accented(name: &str) -> Option<char> {
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
    fn tags_become_marks() {
        assert_eq!(plain("<B class=\"x\"> Ouvrir </B>la <em>ville</em>"), " **Ouvrir** la *ville*");
        assert_eq!(plain("<strong>AXE 1:</strong><strong> Ouvrir</strong>"), "**AXE 1: Ouvrir**");
        assert_eq!(plain("<b></b>Ouvrir<b>"), "Ouvrir");
        assert_eq!(plain("Planter<br/>ici <span id=\"p\">là</span>"), "Planter ici là");
        assert_eq!(
            plain("<ul><li>a</li><li>b</li></ul>").split_whitespace().collect::<Vec<_>>(),
            ["-", "a", "-", "b"]
        );
    }

    #[test]
    fn calls_are_written_in_one_way() {
        assert_eq!(
            plain("Ouvrir<SUP class=\"n\">2</SUP> la^3^ ville[^14]"),
            "Ouvrir<sup>2</sup> la<sup>3</sup> ville<sup>14</sup>"
        );
    }

    #[test]
    fn entities_become_characters() {
        assert_eq!(
            plain("&Agrave; l&rsquo;&eacute;t&#233;&#xE9;&nbsp;&amp; apr&egrave;s"),
            "À l’étéé & après"
        );
        assert_eq!(plain("&lt;b> &amp;amp; &inconnu; & 3 < 4"), "&lt;b> &amp;amp; &inconnu; & 3 < 4");
    }

    #[test]
    fn what_is_no_mark_stays() {
        for text in ["<https://a.example/>", "2<sup>e</sup> mare", "a < b <c", "x^2", "[lien](b)", "<video>"]
        {
            assert_eq!(plain(text), text);
        }
    }
}
