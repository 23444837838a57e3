//! Builds the tree of categories from the measures of any layout.

use std::collections::HashMap;

use passerelle_model::plan::{Category, CategoryLevel, CategoryPath};
use passerelle_text::fold::fold;

use super::draft::CategoryStep;
use super::header_words;
use super::title;

/// Builds categories from the steps of each measure. The same text below the same parent is the same
/// category.
#[derive(Debug, Default)]
pub(super) struct StepTree {
    /// Categories in document order, a parent before its children.
    pub(super) categories: Vec<Category>,
    by_text: HashMap<(Option<CategoryPath>, String), usize>,
    used: HashMap<CategoryPath, u32>,
    /// Number of children of each path.
    children: HashMap<Option<CategoryPath>, u32>,
}

/// Words before the number of a category, folded. A second word can follow: `Axe stratégique 1`.
const CATEGORY_WORDS: &[&str] = &[
    "axe",
    "as",
    "axis",
    "achse",
    "theme",
    "thema",
    "thematique",
    "orientation",
    "handlungsfeld",
    "aktionsfeld",
    "objectif",
    "objective",
    "doelstelling",
    "doel",
    "pilier",
    "pijler",
    "pillar",
    "saule",
    "volet",
    "chapitre",
    "hoofdstuk",
    "chapter",
    "kapitel",
    "partie",
    "deel",
    "teil",
    "part",
    "domaine",
    "domein",
    "domain",
    "bereich",
    "enjeu",
    "defi",
    "ambition",
    "portfolio",
    "action",
    "priorite",
    "priority",
    "prioriteit",
    "goal",
    "ziel",
    "schwerpunkt",
    "cluster",
    "programme",
    "section",
    "secteur",
    "sector",
    "strategie",
    "strategy",
    "ligne",
    "levier",
    "leitziel",
    "themenfeld",
    "area",
    "focus",
    "mission",
    "lot",
    "chantier",
    "engagement",
    "feld",
    "actielijn",
    "strand",
];

/// The label and the title of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CategoryText {
    /// The label as written, without the word before it: `2`, `2.3`, `b`.
    pub(super) label: Option<String>,
    /// The title without label.
    pub(super) title: String,
    /// Body that the heading names as responsible: `(pilote : Ville)`.
    pub(super) responsible: Option<String>,
}

/// Beginnings of a parenthesis that names the responsible body, folded.
const RESPONSIBLE_MARKS: &[&str] = &[
    "via la ",
    "via le ",
    "via l'",
    "via ",
    "pilote :",
    "pilote ",
    "porte par ",
    "responsable :",
    "responsable ",
    "led by ",
    "lead: ",
    "lead ",
    "trekker: ",
    "federfuhrung: ",
    "verantwortlich: ",
];

/// Reads the text of a category.
pub(super) fn read(text: &str) -> CategoryText {
    let (text, _) = title::extract_footnote_refs(text);
    let plain = header_words::plain_text(&title::remove_emphasis_markers(&text));
    let (plain, responsible) = split_responsible(&plain);
    let (label, title) = split_label(&plain);
    let title = without_repetition(
        title
            .trim_start_matches(|mark: char| mark.is_whitespace() || ":–—-.".contains(mark))
            .trim_end_matches([':', ' ']),
    );
    let title = if title.is_empty() { plain.clone() } else { title.to_owned() };
    CategoryText { label, title, responsible }
}

/// Splits `Axe 1 : Title`, `Axe stratégique 2 – Title`, `2.3. Title` and `b. Title`.
fn split_label(text: &str) -> (Option<String>, &str) {
    let mut rest = text;
    let mut words = 0;
    let mut has_word = false;
    while words < 2 {
        let Some((word, after)) = rest.split_once([' ', '\u{A0}']) else { break };
        if !word.chars().all(|letter| letter.is_alphabetic() || letter == '-') || word.len() > 24 {
            break;
        }
        let is_category_word = CATEGORY_WORDS.contains(&fold(word).as_str());
        if words == 0
            && !is_category_word
            && !after.split(' ').next().is_some_and(|next| CATEGORY_WORDS.contains(&fold(next).as_str()))
        {
            break;
        }
        has_word |= is_category_word;
        rest = after.trim_start();
        words += 1;
        if rest.starts_with(|digit: char| digit.is_ascii_digit()) {
            break;
        }
    }
    let candidate = if has_word { rest } else { text };
    let candidate = candidate.trim_start_matches(['n', '°', 'º']).trim_start_matches([' ', '\u{A0}']);
    let end = candidate
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'))
        .unwrap_or(candidate.len());
    let raw = candidate[..end].trim_end_matches('.');
    let after = &candidate[raw.len()..];
    let is_number = !raw.is_empty()
        && raw.len() <= 10
        && raw.split('.').all(|part| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    let is_roman = has_word && !raw.is_empty() && raw.bytes().all(|byte| b"IVXLC".contains(&byte));
    let is_letter = raw.len() == 1
        && raw.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (has_word || after.starts_with(['.', ')']));
    let has_mark = after.is_empty() || after.starts_with([' ', ':', '.', ')', '\u{A0}', '–', '-']);
    let is_label = has_mark
        && (is_roman
            || is_letter
            || (is_number && (has_word || after.starts_with(['.', ')', ':']) || raw.contains('.'))));
    if !is_label {
        return (None, text);
    }
    (Some(raw.to_owned()), after.trim_start_matches(['.', ')']))
}

fn split_responsible(text: &str) -> (String, Option<String>) {
    let Some((title, inside)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('(')) else {
        return (text.to_owned(), None);
    };
    let folded = fold(inside).replace('’', "'");
    let mark = RESPONSIBLE_MARKS.iter().find(|mark| folded.starts_with(**mark));
    // Folding keeps the number of characters of these words.
    let body = mark.map(|mark| inside.chars().skip(mark.chars().count()).collect::<String>());
    match body.map(|body| body.trim().to_owned()).filter(|body| !body.is_empty()) {
        Some(body) => (title.trim_end().to_owned(), Some(body)),
        None => (text.to_owned(), None),
    }
}

/// A title that a page builder wrote twice: `Gardens Gardens`.
fn without_repetition(text: &str) -> &str {
    let middle = text.len() / 2;
    match (text.get(..middle), text.get(middle + 1..)) {
        (Some(first), Some(second))
            if text.len() > 8 && first == second && text[middle..].starts_with(' ') =>
        {
            first
        }
        _ => text,
    }
}

impl StepTree {
    /// The path of the innermost category of a measure.
    pub(super) fn path(&mut self, steps: &[CategoryStep]) -> Option<CategoryPath> {
        let mut parent: Option<(CategoryPath, Option<String>)> = None;
        let last = CategoryLevel::ALL.len() - 1;
        for (depth, step) in steps.iter().enumerate().take(CategoryLevel::ALL.len()) {
            // The tree has four levels. Deeper levels are added to the title of the fourth.
            let text = if depth == last {
                steps[depth..].iter().map(|step| step.text.as_str()).collect::<Vec<_>>().join(" – ")
            } else {
                step.text.clone()
            };
            let path = self.open(parent.as_ref(), &text, depth, step.line);
            parent = Some(path);
        }
        parent.map(|(path, _)| path)
    }

    fn open(
        &mut self,
        parent: Option<&(CategoryPath, Option<String>)>,
        text: &str,
        depth: usize,
        line: u32,
    ) -> (CategoryPath, Option<String>) {
        let above = parent.map(|(path, _)| path.clone());
        let key = (above.clone(), fold(&header_words::plain_text(text)));
        if let Some(index) = self.by_text.get(&key) {
            let category = &self.categories[*index];
            return (category.path.clone(), category.label.clone());
        }
        let CategoryText { label, title, .. } = read(text);
        let count = self.children.entry(above.clone()).or_default();
        *count += 1;
        let segment = label.as_deref().map_or_else(
            || count.to_string(),
            |label| segment(label, parent.and_then(|(_, label)| label.as_deref())),
        );
        let path = self.unused(CategoryPath::child(above.as_ref(), &segment));
        let level = CategoryLevel::ALL[depth.min(CategoryLevel::ALL.len() - 1)];
        let (_, footnotes) = title::extract_footnote_refs(text);
        self.by_text.insert(key, self.categories.len());
        self.categories.push(Category {
            level,
            label: label.clone(),
            path: path.clone(),
            parent: above,
            title,
            footnotes,
            line,
        });
        (path, label)
    }

    fn unused(&mut self, path: CategoryPath) -> CategoryPath {
        let count = self.used.entry(path.clone()).or_default();
        *count += 1;
        if *count == 1 {
            return path;
        }
        let variant = path.variant(*count);
        self.unused(variant)
    }
}

/// The last part of a path: the label without that of the parent, without dots.
fn segment(label: &str, parent: Option<&str>) -> String {
    let own = parent.and_then(|parent| label.strip_prefix(parent)?.strip_prefix('.')).unwrap_or(label);
    own.replace('.', "-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, String) {
        let read = read(text);
        (read.label, read.title)
    }

    #[test]
    fn labels_of_categories_have_any_word() {
        for (text, label) in [
            ("Handlungsfeld 1: Eau", "1"),
            ("Orientation 1 – Eau", "1"),
            ("Axe stratégique 2 : Eau", "2"),
            ("Objectif n° 3 : Eau", "3"),
            ("**AXE II:** **Eau**", "II"),
            ("2.3. Eau", "2.3"),
            ("b. Eau", "b"),
            ("Theme 01 Eau", "01"),
        ] {
            assert_eq!(parts(text), (Some(label.to_owned()), "Eau".to_owned()), "{text}");
        }
        assert_eq!(parts("Rouler"), (None, "Rouler".to_owned()));
        assert_eq!(parts("Handlungsfeld 1"), (Some("1".to_owned()), "Handlungsfeld 1".to_owned()));
        assert_eq!(parts("Les jardins Les jardins").1, "Les jardins");
        assert_eq!(read("Planter (via la cellule Arbres)").responsible.as_deref(), Some("cellule Arbres"));
        assert_eq!(read("Planter (via la cellule Arbres)").title, "Planter");
    }

    #[test]
    fn paths_are_unique_and_use_labels() {
        let step = |text: &str, line| CategoryStep { text: text.to_owned(), line };
        let mut tree = StepTree::default();
        let path = |tree: &mut StepTree, texts: &[&str]| {
            let steps: Vec<CategoryStep> = texts.iter().map(|text| step(text, 1)).collect();
            tree.path(&steps).map(|path| path.as_str().to_owned())
        };
        assert_eq!(path(&mut tree, &["Axe 2 : Eau", "2.1 Mares"]).as_deref(), Some("2.1"));
        assert_eq!(path(&mut tree, &["Axe 2 : Eau", "2.1 Mares"]).as_deref(), Some("2.1"));
        assert_eq!(path(&mut tree, &["Axe 2 : Air"]).as_deref(), Some("2-2"));
        assert_eq!(path(&mut tree, &["a", "b", "c", "d", "e"]).as_deref(), Some("3.1.1.1"));
        assert_eq!(tree.categories.last().map(|category| category.title.as_str()), Some("d – e"));
    }
}
