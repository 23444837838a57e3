//! The status and the fields of a list item: a box, a sign, words at its end, or `Statut : …`.

use super::block::Item;
use super::draft::MeasureDraft;
use super::header_words::{self, ColumnRole};
use super::status::{self, StatusMap};
use super::status_words::STATUS_SIGNS;

/// Reads the title, the status and the named fields of an item. The status is empty if the item states none.
pub(super) fn read(item: &Item, map: &StatusMap) -> MeasureDraft {
    let mut draft = MeasureDraft { line: item.line, ..MeasureDraft::default() };
    let text = take_fields(&item.text, &mut draft);
    let (title, status) = split_text(text, map);
    draft.title = title;
    if draft.status.is_empty() {
        draft.status = status;
    }
    if draft.status.is_empty() {
        draft.status = item.box_sign.map(String::from).unwrap_or_default();
    }
    draft
}

/// Moves the named fields at the end of a text into the draft, and returns the text before them:
/// `Planter (statut : en cours)`, `Planter — Statut : en cours` and `Planter | Pilote : Parcs | Statut : …`.
fn take_fields<'a>(text: &'a str, draft: &mut MeasureDraft) -> &'a str {
    let text = text.trim();
    if let Some(inside) = text.strip_suffix([')', ']'])
        && let Some((before, fields)) = inside.rsplit_once(['(', '['])
    {
        let parts: Vec<&str> = fields.split([';', ',']).collect();
        let named: Vec<_> = parts.iter().filter_map(|part| header_words::field(part)).collect();
        if named.len() == parts.len() {
            for field in named {
                add(draft, field);
            }
            return before.trim_end();
        }
    }
    let mut rest = text;
    // From the last to the first, so that a title may contain such marks too.
    let mut fields = Vec::new();
    while let Some((at, mark)) = FIELD_MARKS.iter().filter_map(|mark| Some((rest.rfind(mark)?, *mark))).max()
        && let Some(field) = header_words::field(&rest[at + mark.len()..])
    {
        fields.push(field);
        rest = rest[..at].trim_end();
    }
    for field in fields.into_iter().rev() {
        add(draft, field);
    }
    rest
}

/// Returns true if a text is a named field: `Pilote : Parcs`.
pub(super) fn is_field(text: &str) -> bool {
    header_words::field(text).is_some()
}

/// Moves a named field into the draft. Other texts are left alone.
pub(super) fn take_field(text: &str, draft: &mut MeasureDraft) {
    if let Some(field) = header_words::field(text) {
        add(draft, field);
    }
}

/// Marks between the title and the fields of an item.
const FIELD_MARKS: [&str; 5] = [" | ", " — ", " – ", " - ", "; "];

fn add(draft: &mut MeasureDraft, (role, name, value): (ColumnRole, String, &str)) {
    if role == ColumnRole::Status && draft.status.is_empty() {
        value.clone_into(&mut draft.status);
    } else {
        draft.add_field(role, &name, value);
    }
}

/// Splits `Planter (en cours)`, `Planter — en cours`, `Planter : en cours`, `Planter **en cours**` and
/// `✅ Planter`.
pub(super) fn split_text(text: &str, map: &StatusMap) -> (String, String) {
    let text = text.trim();
    let is_status = |part: &str| !part.trim().is_empty() && status::is_stated(part.trim(), map);
    let found = |title: &str, status: &str| {
        (title.trim_end_matches([' ', ',', ':', '-', '–', '—']).to_owned(), status.trim().to_owned())
    };
    if let Some(inside) = text.strip_suffix([')', ']'])
        && let Some(open) = inside.rfind(['(', '['])
        && is_status(&inside[open + 1..])
    {
        return found(&text[..open], &inside[open + 1..]);
    }
    for mark in ["**", "__", "*", "_"] {
        if let Some((title, status)) = text.strip_suffix(mark).and_then(|text| text.rsplit_once(mark))
            && title.ends_with(char::is_whitespace)
            && is_status(status)
        {
            return found(title, status);
        }
    }
    // The last separator only: a title may contain others.
    for separator in [" — ", " – ", " - ", " : ", ": ", " → ", "\t", " | "] {
        if let Some((title, status)) = text.rsplit_once(separator)
            && status.len() <= MAX_STATUS_BYTES
            && is_status(status)
        {
            return found(title, status);
        }
    }
    let is_sign = |character: char| STATUS_SIGNS.iter().any(|(sign, _)| *sign == character);
    let is_joined = |character: char| is_sign(character) || matches!(character, '\u{FE0F}' | '\u{200D}');
    if text.starts_with(is_sign) {
        let title = text.trim_start_matches(is_joined);
        return (title.trim().to_owned(), text[..text.len() - title.len()].to_owned());
    }
    let title = text.trim_end_matches(is_joined);
    if title.len() < text.len() {
        return (title.trim_end().to_owned(), text[title.len()..].to_owned());
    }
    (text.to_owned(), String::new())
}

/// The longest status at the end of an item, in bytes.
const MAX_STATUS_BYTES: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> MeasureDraft {
        let item = Item { ordinal: None, box_sign: None, indent: 0, text: text.to_owned(), line: 1 };
        read(&item, &StatusMap::default())
    }

    #[test]
    fn the_status_is_at_the_end_or_a_sign() {
        for (text, status) in [
            ("Planter (en cours)", "en cours"),
            ("Planter — Réalisé en 2025", "Réalisé en 2025"),
            ("Planter : à faire", "à faire"),
            ("Planter **en cours**", "en cours"),
            ("Planter *Réalisé*", "Réalisé"),
            ("✅ Planter", "✅"),
            ("Planter 🟡", "🟡"),
        ] {
            let draft = draft(text);
            assert_eq!((draft.title.as_str(), draft.status.as_str()), ("Planter", status), "{text}");
        }
        assert_eq!(draft("Planter (au canal)").status, "");
    }

    #[test]
    fn named_fields_follow_the_title() {
        for text in [
            "Planter (statut : en cours)",
            "Planter (statut : en cours ; pilote : Parcs)",
            "Planter — Statut : en cours",
            "Planter | Pilote : Parcs | Statut : en cours",
            "Planter - Pilote: Parcs; Statut: en cours",
        ] {
            let draft = draft(text);
            assert_eq!((draft.title.as_str(), draft.status.as_str()), ("Planter", "en cours"), "{text}");
            let responsible = draft.field(ColumnRole::Responsible);
            assert_eq!(responsible, text.contains("Parcs").then_some("Parcs"), "{text}");
        }
        for text in ["Planter (rue : Neuve)", "Planter — rue du Parc : deux arbres", "Statut : en cours"] {
            assert_eq!(draft(text).fields, []);
            assert!(!draft(text).title.is_empty(), "{text}");
        }
    }
}
