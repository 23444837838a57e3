//! Copies that synchronisation tools and file managers put beside a document.
//!
//! - Syncthing: `x.sync-conflict-20240131-120000-ABCDEFG.md`
//! - Dropbox, Nextcloud: `x (conflicted copy 2024-01-31).md`, `x (Copie en conflit de Ann 2024-01-31).md`
//! - ownCloud: `x_conflict-20240131-120000.md`; other tools: `x.conflict-2024-01-31.md`
//! - `OneDrive`: `x-DESKTOP-AB12CD.md`, with the name of the computer
//! - Windows: `x - Copie.md`, `x - Copy (2).md`; macOS: `x copie.md`, `x Kopie 2.md`
//! - browsers and Google Drive: `x (1).md`, `Copie de x.md`
//! - text editors: `x~.md`

use passerelle_model::path::DocumentPath;

/// Words in parentheses after a name that mark a conflict, in the languages of the tools.
const CONFLICT_WORDS: [&str; 3] = ["conflict", "conflit", "konflikt"];
/// Words after a name that mark a copy, in the languages of the tools.
const COPY_WORDS: [&str; 4] = ["copy", "copie", "kopie", "copia"];
/// Words before a name that mark a copy, in the languages of Google Drive.
const COPY_PREFIXES: [&str; 4] = ["copie de ", "copy of ", "kopie van ", "kopie von "];
/// Beginnings of the names that Windows gives to computers. Names of other computers are also words of
/// titles: `atelier-iMac.md` is a document of its own.
const COMPUTER_NAMES: [&str; 2] = ["DESKTOP-", "LAPTOP-"];
/// Number of digits of a copy's number. A year is not a number of a copy: `report (2024).md` is a document of
/// its own.
const MAX_NUMBER_DIGITS: usize = 2;

/// Returns the paths that a document can be a copy of, nearest first: `x - Copy.md` and `x.md` for `x - Copy
/// (2).md`.
pub(crate) fn originals(path: &DocumentPath) -> impl Iterator<Item = DocumentPath> {
    std::iter::successors(original(path), original)
}

fn original(path: &DocumentPath) -> Option<DocumentPath> {
    let (rest, extension) = path.as_str().rsplit_once('.')?;
    let (folder, stem) = rest.rsplit_once('/').map_or(("", rest), |(folder, stem)| (folder, stem));
    let stem = original_stem(stem).filter(|stem| !stem.trim().is_empty())?;
    let slash = if folder.is_empty() { "" } else { "/" };
    DocumentPath::parse(&format!("{folder}{slash}{stem}.{extension}")).ok()
}

/// Removes one mark of a copy from a name without its extension.
fn original_stem(stem: &str) -> Option<&str> {
    if let Some((name, _)) = stem.split_once(".sync-conflict-") {
        return Some(name);
    }
    for separator in ["_conflict-", ".conflict-"] {
        if let Some((name, date)) = stem.rsplit_once(separator) {
            return date.starts_with(|letter: char| letter.is_ascii_digit()).then_some(name);
        }
    }
    if let Some(name) = stem.strip_suffix('~') {
        return Some(name);
    }
    for prefix in COPY_PREFIXES {
        if stem.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            return stem.get(prefix.len()..);
        }
    }
    if let Some(name) = without_computer(stem) {
        return Some(name);
    }
    if let Some((name, mark)) = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" (")) {
        let mark = mark.to_lowercase();
        let is_conflict = CONFLICT_WORDS.iter().any(|word| mark.contains(word));
        return (is_conflict || is_number(&mark) || is_copy_mark(&mark)).then_some(name);
    }
    let (name, mark) = copy_mark(stem)?;
    is_copy_mark(&mark.to_lowercase()).then(|| name.strip_suffix(" -").unwrap_or(name))
}

/// Removes the name of a computer: `x` for `x-DESKTOP-AB12CD`.
fn without_computer(stem: &str) -> Option<&str> {
    let starts = stem.match_indices('-').map(|(at, _)| at);
    let is_computer = |name: &str| COMPUTER_NAMES.iter().any(|known| name.contains(known));
    let mut ends = starts.filter(|at| is_computer(&stem[at + 1..]));
    ends.next_back().map(|at| &stem[..at])
}

/// Splits `x copy 2` into `x` and `copy 2`, and `x copy` into `x` and `copy`.
fn copy_mark(stem: &str) -> Option<(&str, &str)> {
    let (name, last) = stem.rsplit_once(' ')?;
    if !is_number(last) {
        return Some((name, last));
    }
    let (name, _) = name.rsplit_once(' ')?;
    Some((name, &stem[name.len() + 1..]))
}

fn is_copy_mark(mark: &str) -> bool {
    let word = mark.split_once(' ').filter(|(_, number)| is_number(number)).map_or(mark, |(word, _)| word);
    COPY_WORDS.contains(&word)
}

fn is_number(text: &str) -> bool {
    (1..=MAX_NUMBER_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> Vec<String> {
        originals(&DocumentPath::parse(path).unwrap()).map(String::from).collect()
    }

    #[test]
    fn copies_of_synchronisation_tools_name_their_original() {
        for copy in [
            "nl/menu.sync-conflict-20240131-120000-ABCDEFG.md",
            "nl/menu (conflicted copy 2024-01-31 120000).md",
            "nl/menu (Ann's conflicted copy 2024-01-31).md",
            "nl/menu (Copie en conflit de Ann 2024-01-31).md",
            "nl/menu (Conflit 2024-01-31).md",
            "nl/menu (In Konflikt stehende Kopie von Ann).md",
            "nl/menu (conflicterende kopie van Ann).md",
            "nl/menu_conflict-20240131-120000.md",
            "nl/menu - Copie.md",
            "nl/menu - Copy.md",
            "nl/menu - Kopie.md",
            "nl/menu copy.md",
            "nl/menu Kopie 2.md",
            "nl/menu (copie).md",
            "nl/menu (1).md",
            "nl/menu (12).md",
            "nl/menu.conflict-2025-01-01.md",
            "nl/menu-DESKTOP-AB12CD.md",
            "nl/menu-DESKTOP-AB12CD-2.md",
            "nl/menu-LAPTOP-AB12CD.md",
            "nl/Copie de menu.md",
            "nl/Copy of menu.md",
            "nl/Kopie van menu.md",
            "nl/Kopie von menu.md",
            "nl/menu~.md",
        ] {
            assert_eq!(names(copy), ["nl/menu.md"], "{copy}");
        }
        assert_eq!(names("plan.nl (1).txt"), ["plan.nl.txt"]);
        assert_eq!(names("menu - Copie (2).md"), ["menu - Copie.md", "menu.md"]);
    }

    #[test]
    fn other_names_have_no_original() {
        for name in [
            "menu.md",
            "rapport (2024).md",
            "menu 2.md",
            "plan (annexe).md",
            "(1).md",
            "copie.md",
            "a_conflict-zone.md",
            "conflit (Yser).md",
            "DESKTOP-AB12CD.md",
            "desktop-menu.md",
            "a.conflict-zone.md",
            "Copie de .md",
            "copies de menus.md",
        ] {
            assert!(names(name).is_empty(), "{name}");
        }
    }
}
