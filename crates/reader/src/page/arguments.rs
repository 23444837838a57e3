//! Parses the arguments of a shortcode: `"bare"`, `key="…"`, `key=12`, `key=[JSON]`, `{ key: "unquoted" }`.

use serde_json::{Map, Number, Value};

use crate::front_matter::text_of;

/// Maximum nesting depth of a JSON argument. It bounds the recursion of the parser.
const MAX_DEPTH: usize = 32;

/// Returns the arguments as one object, and whether all of them could be parsed.
///
/// Arguments without a name have the keys `"0"`, `"1"` and so on. An invalid argument is skipped up to the
/// next comma.
pub(super) fn read(text: &str) -> (Map<String, Value>, bool) {
    let mut parser = ArgumentParser { rest: text };
    let mut arguments = Map::new();
    let mut position = 0_usize;
    let mut is_complete = true;
    loop {
        parser.skip_separators();
        if parser.rest.is_empty() {
            return (arguments, is_complete);
        }
        let key = parser.key('=');
        match parser.value(0) {
            Some(value) => {
                let key = key.unwrap_or_else(|| {
                    position += 1;
                    (position - 1).to_string()
                });
                arguments.insert(key, value);
            }
            None => {
                is_complete = false;
                parser.skip_to_next();
            }
        }
    }
}

/// Returns an argument as text on one line. `None` if it is missing or empty.
pub(super) fn text(args: &Map<String, Value>, key: &str) -> Option<String> {
    args.get(key).and_then(text_of)
}

/// Returns an argument as a size in pixels: `200`, `"200"` or `"200px"`. `None` if it is not a positive
/// integer.
pub(super) fn pixels(args: &Map<String, Value>, key: &str) -> Option<u32> {
    let written = text(args, key)?;
    written.trim_end_matches("px").trim().parse().ok().filter(|pixels| *pixels > 0)
}

/// Returns true if an argument is `true`. A missing argument is false.
pub(super) fn boolean(args: &Map<String, Value>, key: &str) -> bool {
    args.get(key).is_some_and(|value| matches!(value, Value::Bool(true)))
}

struct ArgumentParser<'a> {
    rest: &'a str,
}

impl ArgumentParser<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn skip_separators(&mut self) {
        self.rest =
            self.rest.trim_start_matches(|character: char| character.is_whitespace() || character == ',');
    }

    /// Skips an invalid argument: at least one character, up to the next comma.
    fn skip_to_next(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        let rest = characters.as_str();
        self.rest = rest.find(',').map_or("", |at| &rest[at..]);
    }

    fn take(&mut self, expected: char) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Consumes `name=`. `None`, and nothing consumed, if the input has another form.
    fn key(&mut self, separator: char) -> Option<String> {
        let end = self.rest.find(|character: char| !is_name_char(character)).filter(|end| *end > 0)?;
        let after = self.rest[end..].trim_start().strip_prefix(separator)?;
        let key = self.rest[..end].to_owned();
        self.rest = after.trim_start();
        Some(key)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.rest.chars().next()? {
            '"' => self.string(&['"']).map(Value::String),
            '\'' => self.string(&['\'']).map(Value::String),
            '“' | '”' | '„' => self.string(&['”', '“', '"']).map(Value::String),
            '‘' => self.string(&['’', '\'']).map(Value::String),
            '«' => self.string(&['»']).map(|text| Value::String(text.trim().to_owned())),
            '[' => self.array(depth),
            '{' => self.object(depth),
            _ => self.bare(),
        }
    }

    /// Parses a string that ends with one of the quotation marks. Word processors replace straight marks by
    /// curly ones.
    fn string(&mut self, closing: &[char]) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        characters.next();
        loop {
            match characters.next()? {
                '\\' => text.push(decode_escape(&mut characters)?),
                character if closing.contains(&character) => break,
                character => text.push(character),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take('[');
        let mut items = Vec::new();
        loop {
            self.skip_separators();
            if self.take(']') {
                return Some(Value::Array(items));
            }
            items.push(self.value(depth + 1)?);
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take('{');
        let mut entries = Map::new();
        loop {
            self.skip_separators();
            if self.take('}') {
                return Some(Value::Object(entries));
            }
            let key = match self.rest.chars().next()? {
                quote @ ('"' | '\'') => {
                    let key = self.string(&[quote])?;
                    self.skip_space();
                    self.take(':').then_some(key)?
                }
                _ => self.key(':')?,
            };
            self.skip_space();
            entries.insert(key, self.value(depth + 1)?);
        }
    }

    /// Parses a number, `true`, `false`, `null` or an unquoted word.
    fn bare(&mut self) -> Option<Value> {
        let end =
            self.rest.find(|character: char| character.is_whitespace() || ",]}\"'“”".contains(character));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        if word.is_empty() {
            return None;
        }
        self.rest = rest;
        Some(match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => word.parse::<Number>().map_or_else(|_| Value::String(word.to_owned()), Value::Number),
        })
    }
}

fn is_name_char(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '@')
}

fn decode_escape(characters: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match characters.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{C}',
        'u' => decode_unicode_escape(characters)?,
        character => character,
    })
}

/// Parses the four hexadecimal digits after `\u`, and a second escape for a surrogate pair (RFC 8259,
/// section 7).
fn decode_unicode_escape(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let unit = |characters: &mut std::str::Chars<'_>| {
        let digits: String = characters.by_ref().take(4).collect();
        u16::from_str_radix(&digits, 16).ok()
    };
    let first = unit(characters)?;
    let units = if (0xD800..0xDC00).contains(&first) {
        (characters.next()? == '\\' && characters.next()? == 'u').then_some(())?;
        vec![first, unit(characters)?]
    } else {
        vec![first]
    };
    char::decode_utf16(units).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let (arguments, is_complete) = read(text);
        format!("{}{}", Value::Object(arguments), if is_complete { "" } else { " …" })
    }

    #[test]
    fn all_argument_forms_are_parsed() {
        assert_eq!(
            json("src=\"/a.webp\", alt='d’un', width=200, lazy=true"),
            r#"{"src":"/a.webp","alt":"d’un","width":200,"lazy":true}"#
        );
        assert_eq!(
            json("\"a.njk\", { image: \"/b\", class: \"\" }"),
            r#"{"0":"a.njk","1":{"image":"/b","class":""}}"#
        );
        assert_eq!(json("class=\"a b\" tag=\"p\""), r#"{"class":"a b","tag":"p"}"#);
        assert_eq!(
            json("vars={}, blocks=[{\"value\":\"a\\n\\nb \\u00e9\",\"type\":\"markdown\"}]"),
            r#"{"vars":{},"blocks":[{"value":"a\n\nb é","type":"markdown"}]}"#
        );
        assert_eq!(json("data-x=var(--step)"), r#"{"data-x":"var(--step)"}"#);
        assert_eq!(json(""), "{}");
    }

    #[test]
    fn an_invalid_argument_does_not_affect_the_others() {
        assert_eq!(json("a=\"b, c=1"), r#"{"c":1} …"#);
        assert_eq!(json("a={\"b\" 1}, c=1"), r#"{"c":1} …"#);
        assert_eq!(json("]}, c=1"), r#"{"c":1} …"#);
    }

    #[test]
    fn nesting_depth_is_limited() {
        assert_eq!(json(&format!("a={}", "[".repeat(100_000))), "{} …");
    }
}
