//! Renders the texts of the front matter that contain Markdown.

use std::collections::BTreeMap;

use passerelle_model::html::escape;
use passerelle_model::reference::Reference;
use passerelle_model::rich_text::RichText;
use serde_json::{Map, Value};

use super::link::PageContext;
use super::render::Renderer;
use crate::front_matter::FrontMatter;

/// Rendered texts of the front matter, with their references to other files.
#[derive(Default)]
pub(super) struct FrontMatterTexts {
    /// Texts by path. Keys and indexes are joined with dots.
    pub(super) texts: BTreeMap<String, RichText>,
    /// Links and images of the texts, at the line of the outermost key.
    pub(super) references: Vec<Reference>,
}

impl FrontMatterTexts {
    /// Renders all texts. A text without markup is left out, because it needs no renderer to be shown.
    pub(super) fn read(front: &FrontMatter, context: PageContext<'_>) -> Self {
        let mut texts = Self::default();
        texts.visit_fields(front.values(), "", None, front, context);
        texts
    }

    fn visit_fields(
        &mut self,
        fields: &Map<String, Value>,
        prefix: &str,
        line: Option<u32>,
        front: &FrontMatter,
        context: PageContext<'_>,
    ) {
        for (key, value) in fields {
            let line = line.unwrap_or_else(|| front.position(key).line);
            self.visit(value, format!("{prefix}{key}"), line, front, context);
        }
    }

    fn visit(
        &mut self,
        value: &Value,
        path: String,
        line: u32,
        front: &FrontMatter,
        context: PageContext<'_>,
    ) {
        match value {
            Value::String(text) => self.render(text, path, line, context),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, format!("{path}.{index}"), line, front, context);
                }
            }
            Value::Object(fields) => {
                self.visit_fields(fields, &format!("{path}."), Some(line), front, context);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn render(&mut self, text: &str, path: String, line: u32, context: PageContext<'_>) {
        if !may_contain_markup(text) {
            return;
        }
        // Each text has headings and notes of its own. Findings are dropped: most texts of front matter are
        // no Markdown, and a warning about a key such as `template` would be wrong.
        let mut renderer = Renderer::new(context, text.len());
        let blocks = renderer.render_body(text, line);
        let text_in_formats = RichText::join(&blocks);
        let plain = text.trim();
        if text_in_formats.html != format!("<p>{}</p>", escape(plain)) {
            self.references.append(&mut renderer.references);
            self.texts.insert(path, text_in_formats);
        }
    }
}

/// Returns false for a text that is certainly plain: words, numbers and common punctuation on one line.
fn may_contain_markup(text: &str) -> bool {
    let is_plain = |character: char| {
        character.is_alphanumeric()
            || matches!(character, ' ' | ',' | ';' | '?' | '’' | '\'' | '/' | ':' | '.' | '-')
    };
    // A text with digits or dashes at its start can be a list, and an address alone can be a link.
    let starts_with_letter = text.chars().next().is_some_and(char::is_alphabetic);
    !text.is_empty()
        && (!starts_with_letter
            || text.contains("://")
            || text.contains("www.")
            || !text.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::split;

    fn texts(yaml: &str) -> FrontMatterTexts {
        let text = format!("---\n{yaml}\n---\n");
        FrontMatterTexts::read(&split(&text).unwrap().front, PageContext::for_tests())
    }

    #[test]
    fn only_texts_with_markup_are_stored() {
        let found = texts("name: La mare, en été\nintro: Une **mare** claire\nordre: 3\ndate: 2025-11-14");
        assert_eq!(found.texts.keys().collect::<Vec<_>>(), ["intro"]);
        assert_eq!(found.texts["intro"].html, "<p>Une <strong>mare</strong> claire</p>");
        assert!(found.references.is_empty());
    }

    #[test]
    fn nested_texts_have_paths_and_references() {
        let found = texts("etapes:\n  - texte: Voir [la mare](mare.md)\n  - texte: \"*Creuser*\"");
        assert_eq!(found.texts.keys().collect::<Vec<_>>(), ["etapes.0.texte", "etapes.1.texte"]);
        assert_eq!(found.references.len(), 1);
        // The position of a field is that of its value.
        assert_eq!(found.references[0].position.line, 3);
    }

    #[test]
    fn shortcodes_leave_no_syntax() {
        let found = texts("intro: '{% link url=\"mare\", type=\"internal\" %}La mare{% endlink %}'");
        assert!(found.texts["intro"].text.contains("La mare"));
        assert!(!found.texts["intro"].html.contains("{%"));
        assert_eq!(found.references.len(), 1);
    }
}
