//! XML as far as a feed needs it (XML 1.0, fifth edition).

/// A document that is being written.
pub(super) struct Xml(String);

impl Xml {
    /// Begins a document.
    pub(super) fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned())
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">\n");
    }

    /// Closes an element.
    pub(super) fn close(&mut self, name: &str) {
        self.0.extend(["</", name, ">\n"]);
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>\n");
    }

    /// An element that holds a text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.tag(name, attributes, ">");
        self.escape(text);
        self.close(name);
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.0.extend(["<", name]);
        for (name, value) in attributes {
            self.0.extend([" ", name, "=\""]);
            self.escape(value);
            self.0.push('"');
        }
        self.0.push_str(end);
    }

    /// Writes a text so that it is read back as it is; but for the characters that no document may hold, not even as a
    /// reference (section 2.2): they are left out.
    fn escape(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // A parser makes a line feed of it (section 2.11).
                '\r' => self.0.push_str("&#13;"),
                '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                _ => self.0.push(character),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let mut xml = Xml::new();
        xml.text("a", &[("b", "\"<'")], "]]> & \u{0}\u{b}\u{ffff}é\r\n");
        let written = xml.finish();
        assert!(written.ends_with("<a b=\"&quot;&lt;'\">]]&gt; &amp; é&#13;\n</a>\n"), "{written}");
    }
}
