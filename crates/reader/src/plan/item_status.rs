//! The status of a list item: a box, a sign, or words at its end.

use super::block::Item;
use super::status::{self, StatusMap};
use super::status_words::STATUS_SIGNS;

/// Splits an item into its title and its status. The status is empty if the item states none.
pub(super) fn split(item: &Item, map: &StatusMap) -> (String, String) {
    let (title, status) = split_text(&item.text, map);
    match (status.is_empty(), item.is_checked) {
        (true, Some(true)) => (title, "✅".to_owned()),
        (true, Some(false)) => (title, "☐".to_owned()),
        _ => (title, status),
    }
}

/// Splits `Planter (en cours)`, `Planter — en cours`, `Planter : en cours` and `✅ Planter`.
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

    #[test]
    fn the_status_is_at_the_end_or_a_sign() {
        let map = StatusMap::default();
        for (text, status) in [
            ("Planter (en cours)", "en cours"),
            ("Planter — Réalisé en 2025", "Réalisé en 2025"),
            ("Planter : à faire", "à faire"),
            ("✅ Planter", "✅"),
            ("Planter 🟡", "🟡"),
        ] {
            assert_eq!(split_text(text, &map), ("Planter".to_owned(), status.to_owned()), "{text}");
        }
        assert_eq!(split_text("Planter (au canal)", &map).1, "");
    }
}
