//! Parses tags of raw HTML: name and attributes.

use passerelle_text::fold::collapse_whitespace;

/// Maximum length of a tag in bytes. It bounds the search for the end of a tag.
const MAX_TAG_BYTES: usize = 8 * 1024;

/// A start or end tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HtmlTag {
    /// Name in lower case, for example `iframe`.
    pub(crate) name: String,
    /// True for `</name>`.
    pub(crate) is_end: bool,
    /// Names in lower case and decoded values.
    pub(crate) attributes: Vec<(String, String)>,
}

/// A tag, or the text between two tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HtmlToken<'a> {
    /// Text with character references.
    Text(&'a str),
    /// A tag and its source.
    Tag(HtmlTag, &'a str),
}

impl HtmlTag {
    /// Parses the tag at the start of a text. Returns the tag and its length in bytes.
    pub(crate) fn parse(text: &str) -> Option<(Self, usize)> {
        let rest = text.strip_prefix('<')?;
        let (is_end, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let is_name_char = |character: char| character.is_ascii_alphanumeric() || character == '-';
        let end = rest.find(|character| !is_name_char(character))?;
        let mut tag = Self { name: rest[..end].to_ascii_lowercase(), is_end, attributes: Vec::new() };
        let mut rest = &rest[end..];
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '/']);
            let used = text.len() - rest.len();
            if used > MAX_TAG_BYTES {
                return None;
            }
            if let Some(after) = rest.strip_prefix('>') {
                return Some((tag, text.len() - after.len()));
            }
            let end =
                rest.find(|character: char| character.is_whitespace() || "=>/\"'<`".contains(character))?;
            if end == 0 {
                return None;
            }
            let name = rest[..end].to_ascii_lowercase();
            let after = rest[end..].trim_start();
            let (value, after) = match after.strip_prefix('=') {
                None => ("", &rest[end..]),
                Some(after) => attribute_value(after.trim_start())?,
            };
            tag.attributes.push((name, decode(value)));
            rest = after;
        }
    }

    /// Returns the value of an attribute. `None` if it is missing or empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let value = self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }
}

fn attribute_value(text: &str) -> Option<(&str, &str)> {
    match text.chars().next()? {
        quote @ ('"' | '\'') => text[1..].split_once(quote),
        _ => {
            let end = text.find(|character: char| character.is_whitespace() || character == '>')?;
            Some((&text[..end], &text[end..]))
        }
    }
}

/// Splits raw HTML into tags and text. Comments are left out.
pub(crate) fn tokens(html: &str) -> Vec<HtmlToken<'_>> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut is_without_comment_end = false;
    while let Some(found) = html[at..].find('<') {
        let open = at + found;
        let rest = &html[open..];
        let length = if rest.starts_with("<!--") && !is_without_comment_end {
            let end = rest.find("-->").map(|end| end + "-->".len());
            is_without_comment_end = end.is_none();
            end.map(|end| (None, end))
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            rest.get(..rest.len().min(MAX_TAG_BYTES))
                .and_then(|rest| rest.find('>'))
                .map(|end| (None, end + 1))
        } else {
            HtmlTag::parse(rest).map(|(tag, length)| (Some(tag), length))
        };
        let Some((tag, length)) = length else {
            at = open + 1;
            continue;
        };
        if open > start {
            tokens.push(HtmlToken::Text(&html[start..open]));
        }
        at = open + length;
        start = at;
        tokens.extend(tag.map(|tag| HtmlToken::Tag(tag, &html[open..at])));
    }
    if start < html.len() {
        tokens.push(HtmlToken::Text(&html[start..]));
    }
    tokens
}

/// Returns raw HTML as paragraphs of plain text. Character references are decoded. The content of scripts
/// and style sheets is left out.
pub(crate) fn paragraphs(html: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut hidden: Option<String> = None;
    for token in tokens(html) {
        match token {
            HtmlToken::Text(text) if hidden.is_none() => {
                if let Some(last) = paragraphs.last_mut() {
                    last.push_str(text);
                }
            }
            HtmlToken::Text(_) => {}
            HtmlToken::Tag(tag, _) => {
                if hidden.as_deref() == Some(&tag.name) && tag.is_end {
                    hidden = None;
                } else if hidden.is_none() && !tag.is_end && is_hidden(&tag.name) {
                    hidden = Some(tag.name);
                } else if is_block(&tag.name) {
                    paragraphs.push(String::new());
                } else if let Some(last) = paragraphs.last_mut()
                    && separates_words(&tag.name)
                {
                    last.push(' ');
                }
            }
        }
    }
    let decoded = paragraphs.iter().map(|paragraph| collapse_whitespace(&decode(paragraph)));
    decoded.filter(|paragraph| !paragraph.is_empty()).collect()
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "template" | "noscript" | "iframe" | "video" | "audio" | "object")
}

/// Text that replaces a tag between two words.
pub(crate) const SPACE: &str = " ";

/// Returns true if an element separates the words before and after its tags.
pub(crate) fn separates_words(name: &str) -> bool {
    is_block(name) || is_drawn_apart(name) || matches!(name, "br" | "td" | "th")
}

/// Returns true if a browser draws an element apart from the words beside it, although the sanitizer removes
/// its tags.
pub(crate) fn is_drawn_apart(name: &str) -> bool {
    matches!(
        name,
        "button"
            | "desc"
            | "input"
            | "label"
            | "legend"
            | "optgroup"
            | "option"
            | "select"
            | "text"
            | "textarea"
            | "title"
            | "tspan"
    )
}

/// Returns true if an element separates paragraphs.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "caption"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "ul"
    )
}

/// Decodes the character references of a text, for example `&eacute;` and `&#233;`.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // Angle brackets are escaped first: the text has no tags, and `5 < 6` keeps all its characters.
    super::raw_html::text_content(&text.replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_can_contain_the_end_of_a_tag() {
        let (tag, length) = HtmlTag::parse("<A title=\"a > b\" href='/x?a&amp;b' hidden>c").unwrap();
        assert_eq!((tag.name.as_str(), length), ("a", 42));
        assert_eq!((tag.attribute("href"), tag.attribute("title")), (Some("/x?a&b"), Some("a > b")));
        for text in ["<3", "< a>", "<a", "<a href=\"x>", "<a <b>"] {
            assert_eq!(HtmlTag::parse(text), None, "{text}");
        }
    }

    #[test]
    fn raw_html_becomes_paragraphs_of_decoded_text() {
        assert_eq!(
            paragraphs(
                "<p>Entr&eacute;e&nbsp;: 2&nbsp;&euro; &amp; &lt;th&eacute;&#62;</p><ul><li>a<br>b</li></ul>5 <3"
            ),
            ["Entrée : 2 € & <thé>", "a b", "5 <3"]
        );
        assert_eq!(paragraphs("<!-- <p>a --><style>b</style><template><p>c</p></template>d"), ["d"]);
    }
}
