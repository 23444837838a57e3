//! A measure before the plan is assembled, with its cells and categories as written.

use super::header_words::ColumnRole;

/// A measure with its fields as written in the row, table, heading or list item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MeasureDraft {
    /// The label as written. `None` if the document gives none.
    pub(super) label: Option<String>,
    /// The title as inline Markdown.
    pub(super) title: String,
    /// The status as written. Empty if there is none.
    pub(super) status: String,
    /// Other fields in document order.
    pub(super) fields: Vec<DraftField>,
    /// Categories from the outermost to the innermost.
    pub(super) categories: Vec<CategoryStep>,
    /// True if it is a part of the last measure that is not a part itself.
    pub(super) is_part: bool,
    /// Line from 1.
    pub(super) line: u32,
}

/// A field of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DraftField {
    /// Meaning of the field.
    pub(super) role: ColumnRole,
    /// Header of the column or name of the field, as written.
    pub(super) name: String,
    /// The value as inline Markdown.
    pub(super) value: String,
}

/// A category above a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CategoryStep {
    /// The text as written, with its label.
    pub(super) text: String,
    /// Line from 1.
    pub(super) line: u32,
}

impl MeasureDraft {
    /// Adds a value. A second value of the same field is appended to the first.
    pub(super) fn add_field(&mut self, role: ColumnRole, name: &str, value: &str) {
        if value.is_empty() || is_placeholder(value) {
            return;
        }
        match self.fields.iter_mut().find(|field| field.role == role && field.name == name) {
            // A continuation never makes a field longer than a page of text.
            Some(field) if field.value.len() < MAX_FIELD_BYTES => {
                field.value.push(' ');
                field.value.push_str(value);
            }
            Some(_) => {}
            None => self.fields.push(DraftField { role, name: name.to_owned(), value: value.to_owned() }),
        }
    }

    /// The value of a role, if there is one.
    pub(super) fn field(&self, role: ColumnRole) -> Option<&str> {
        self.fields.iter().find(|field| field.role == role).map(|field| field.value.as_str())
    }

    /// Appends text to the title.
    pub(super) fn append_title(&mut self, text: &str) {
        if !self.title.is_empty() && !text.is_empty() {
            self.title.push(' ');
        }
        self.title.push_str(text);
    }
}

/// The longest field in bytes that continuation rows extend.
const MAX_FIELD_BYTES: usize = 16 * 1024;

/// Returns true if a cell contains a placeholder for an empty value.
pub(super) fn is_placeholder(value: &str) -> bool {
    let text = value.trim_matches(['*', ' ', '\u{A0}']);
    text.is_empty()
        || text.chars().all(|character| "-–—/.…".contains(character))
        || ["n/a", "n.a.", "na", "n.v.t.", "nvt", "k.a.", "k. a.", "s.o.", "sans objet"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}
