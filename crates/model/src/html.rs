//! HTML escaping.

/// Escapes the special characters of HTML text and quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Decodes the entities that renderers and sanitizers write: `&lt;`, `&gt;`, `&quot;`, `&nbsp;` and `&amp;`.
pub fn unescape(html: &str) -> String {
    let text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    // `&amp;` comes last: `&amp;lt;` is the text `&lt;`.
    text.replace("&nbsp;", "\u{A0}").replace("&amp;", "&")
}

/// Appends text of an element to HTML. Escapes only what a browser would read as markup: a text of signs such
/// as `&` does not grow fivefold.
pub fn push_element_text(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let (before, from) = rest.split_at(at);
        html.push_str(before);
        let next = from.as_bytes().get(1);
        html.push_str(match from.as_bytes()[0] {
            b'<' => "&lt;",
            _ if next.is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'#') => "&amp;",
            _ => "&",
        });
        rest = &from[1..];
    }
    html.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_special_characters_are_escaped() {
        assert_eq!(escape("a<b> & \"c\" 'd'"), "a&lt;b&gt; &amp; &quot;c&quot; 'd'");
    }

    #[test]
    fn text_of_an_element_keeps_signs_that_are_no_markup() {
        let mut html = String::new();
        push_element_text(&mut html, "a<b> & &copy; &#38; &&& \"é\" &");
        assert_eq!(html, "a&lt;b> & &amp;copy; &amp;#38; &&& \"é\" &");
    }
}
