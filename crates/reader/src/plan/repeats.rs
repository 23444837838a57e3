//! Rows of a plan that say the same thing.
//!
//! Two rows are repeats when they have the same words, or when one says what the other says and little more:
//! what it says more must be no number, no negation and no name, for these are what tells measures apart. A
//! word that stands in the place of another tells them apart too, unless it is a slip of one letter.
//!
//! Every row must resemble every other row of its group. Pairs are looked for among rows that share a rare
//! word, which takes a time that grows with the number of rows, not with its square.

use std::hash::{DefaultHasher, Hash, Hasher};

use passerelle_model::language::Language;
use passerelle_model::plan::Measure;
use passerelle_text::tokens::{Analyzer, Token, TokenKind};

use super::distinct_titles::DistinctTitles;

/// Rows are repeats when so many of the words of the longer one are the shorter one's.
///
/// Argued from a real plan of 271 measures, whose groups and nearest misses `tests/documents.rs` lists: of
/// its unmarked rows the pair that differs most and says the same has 0.87; the rows that resemble each
/// other and do not say the same put one word in the place of another, and are told apart whatever the
/// share. So the bound only says how much a row may add: one word in five.
const MIN_SIMILARITY: f64 = 0.8;
/// The same for two rows that are both marked as repeated: that each has a twin is known. The real pair that
/// differs most has 0.75.
pub(super) const MIN_SIMILARITY_MARKED: f64 = 0.7;
/// Rows with fewer words than this are repeats only when they have the same ones.
const MIN_WORDS: usize = 3;
/// Maximum number of marked rows whose nearest row is searched. A document has at most as many diagnostics.
const MAX_NEAREST_SEARCHES: usize = 500;
/// A slip is looked for in words of this many letters and more.
const MIN_TYPO_LETTERS: usize = 5;

/// Groups of rows that repeat each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repeats {
    /// For each row the index of the first row of its group; none where it stands alone.
    pub(super) groups: Vec<Option<usize>>,
    /// The rows that are marked as repeated and stand alone, each with the row that resembles it most, if
    /// any does.
    pub(super) unmatched: Vec<(usize, Option<usize>)>,
    /// Number of pairs of rows that were compared, which bounds the time.
    pub(super) comparisons: usize,
}

/// Finds the repeats among the measures of a plan.
pub(super) fn find_repeats(measures: &[Measure], lang: Language) -> Repeats {
    let mut analyzer = Analyzer::new(lang);
    let rows: Vec<TitleWords> = measures
        .iter()
        .map(|measure| TitleWords::new(analyzer.tokens(&measure.title.text), measure.is_repeated))
        .collect();
    let texts = DistinctTitles::new(&rows);
    let groups = texts.groups();
    let groups: Vec<Option<usize>> = texts
        .of_row
        .iter()
        .map(|text| groups.get(*text).copied().flatten().or_else(|| texts.shared(*text)))
        .collect();
    let unmatched = (0..rows.len()).filter(|row| rows[*row].is_marked && groups[*row].is_none());
    let nearest = |(count, row)| (row, (count < MAX_NEAREST_SEARCHES).then(|| texts.nearest(row)).flatten());
    let unmatched: Vec<(usize, Option<usize>)> = unmatched.enumerate().map(nearest).collect();
    Repeats { groups, unmatched, comparisons: texts.comparisons.get() }
}

/// The words of a row, sorted.
#[derive(Clone, Debug)]
pub(super) struct TitleWords {
    pub(super) words: Vec<Token>,
    /// The words as numbers, sorted: most rows are told apart by these.
    hashes: Vec<u64>,
    /// The sum of those of its numbers and negations, which rows that say the same have in common.
    decisive_hash: u64,
    expansions: Vec<AcronymExpansion>,
    has_parentheses: bool,
    is_marked: bool,
}

impl TitleWords {
    fn new(mut words: Vec<Token>, is_marked: bool) -> Self {
        let expansions = find_expansions(&words);
        words.sort_by(|a, b| a.stem.cmp(&b.stem));
        let mut hashes: Vec<u64> = words.iter().map(|word| hash(&word.stem)).collect();
        hashes.sort_unstable();
        let is_decisive = |word: &&Token| matches!(word.kind, TokenKind::Number | TokenKind::Negation);
        let decisive_hash =
            words.iter().filter(is_decisive).map(|word| hash(&word.stem)).fold(0, u64::wrapping_add);
        let has_parentheses = words.iter().any(|word| word.in_parentheses);
        Self { words, hashes, decisive_hash, expansions, has_parentheses, is_marked }
    }

    /// The words in order.
    pub(super) fn stems(&self) -> Vec<&str> {
        self.words.iter().map(|word| word.stem.as_str()).collect()
    }

    fn has(&self, stem: &str) -> bool {
        self.words.binary_search_by(|word| word.stem.as_str().cmp(stem)).is_ok()
    }

    /// Returns the number of words outside parentheses.
    pub(super) fn words_outside_parentheses(&self) -> usize {
        self.words.iter().filter(|word| !word.in_parentheses).count()
    }
}

fn hash(stem: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    stem.hash(&mut hasher);
    hasher.finish()
}

/// Whether a look at the numbers is enough to tell two rows apart.
fn clearly_differ(a: &TitleWords, b: &TitleWords) -> bool {
    if !a.expansions.is_empty() || !b.expansions.is_empty() {
        return false;
    }
    if a.decisive_hash != b.decisive_hash {
        return true;
    }
    if a.has_parentheses || b.has_parentheses {
        return false;
    }
    let (mut shared, mut rest) = (0, b.hashes.iter().peekable());
    for hash in &a.hashes {
        while rest.next_if(|other| *other < hash).is_some() {}
        shared += usize::from(rest.next_if_eq(&hash).is_some());
    }
    let (only_a, only_b) = (a.hashes.len() - shared, b.hashes.len() - shared);
    match (only_a, only_b) {
        (0, more) | (more, 0) => {
            let whole = a.hashes.len().max(b.hashes.len());
            ratio(whole - more, whole) < MIN_SIMILARITY_MARKED
        }
        // One word in the place of another can be a slip.
        (only_a, only_b) => only_a + only_b > 2,
    }
}

/// Whether two rows with different words say the same.
pub(super) fn are_similar(a: &TitleWords, b: &TitleWords) -> bool {
    if clearly_differ(a, b) {
        return false;
    }
    let (mut only_a, mut only_b) = differences(&a.words, &b.words);
    for AcronymExpansion { acronym, words } in a.expansions.iter().chain(&b.expansions) {
        for (row, only) in [(a, &mut only_b), (b, &mut only_a)] {
            // One of them says it both ways, the other one way: that is no more.
            if words.iter().all(|word| row.has(word)) {
                only.retain(|word| word.stem != *acronym);
            }
            if row.has(acronym) {
                only.retain(|word| !words.contains(&word.stem));
            }
        }
    }
    if let ([one], [other]) = (only_a.as_slice(), only_b.as_slice())
        && is_typo(one, other)
    {
        return a.words_outside_parentheses().min(b.words_outside_parentheses()) >= MIN_WORDS;
    }
    let both_marked = a.is_marked && b.is_marked;
    let is_parenthesized = |word: &&Token| {
        word.in_parentheses
            && (word.kind == TokenKind::Acronym || (both_marked && word.kind == TokenKind::Plain))
    };
    // What one says in parentheses and the other not at all explains; what both say there differs.
    match (only_a.iter().any(is_parenthesized), only_b.iter().any(is_parenthesized)) {
        (true, false) => only_a.retain(|word| !is_parenthesized(word)),
        (false, true) => only_b.retain(|word| !is_parenthesized(word)),
        _ => {}
    }
    let ((more, []) | ([], more)) = (only_a.as_slice(), only_b.as_slice()) else { return false };
    let core = a.words_outside_parentheses().max(b.words_outside_parentheses());
    more.iter().all(|word| word.kind == TokenKind::Plain)
        && a.words_outside_parentheses().min(b.words_outside_parentheses()) >= MIN_WORDS
        && ratio(core.saturating_sub(more.len()), core)
            >= if both_marked { MIN_SIMILARITY_MARKED } else { MIN_SIMILARITY }
}

/// The words that only one of two sorted lists has.
pub(super) fn differences<'a>(a: &'a [Token], b: &'a [Token]) -> (Vec<&'a Token>, Vec<&'a Token>) {
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (None, None) => return (only_a, only_b),
            (Some(one), Some(other)) if one.stem == other.stem => {
                a.next();
                b.next();
            }
            (Some(one), other) if other.is_none_or(|other| one.stem < other.stem) => only_a.extend(a.next()),
            _ => only_b.extend(b.next()),
        }
    }
}

/// Whether one of two words is the other with one letter wrong, missing or too many.
fn is_typo(a: &Token, b: &Token) -> bool {
    let is_long =
        |word: &Token| word.kind == TokenKind::Plain && word.stem.chars().count() >= MIN_TYPO_LETTERS;
    is_long(a) && is_long(b) && strsim::damerau_levenshtein(&a.stem, &b.stem) == 1
}

#[expect(clippy::cast_precision_loss, reason = "a title has few words")]
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// An acronym and the words beside it that it stands for: `CLSS (Contrats Locaux Social Santé)`.
#[derive(Clone, Debug)]
struct AcronymExpansion {
    acronym: String,
    words: Vec<String>,
}

fn find_expansions(words: &[Token]) -> Vec<AcronymExpansion> {
    let is_acronym = |word: &Token| word.kind == TokenKind::Acronym && word.stem.len() > 1;
    let mut found = Vec::new();
    for (at, acronym) in words.iter().enumerate().filter(|(_, word)| is_acronym(word)) {
        let is_other_side = |word: &&Token| word.in_parentheses != acronym.in_parentheses;
        let beside: Vec<&Token> = if acronym.in_parentheses {
            let longest = words[..at].iter().rev().take_while(is_other_side).take(acronym.stem.len());
            let mut before: Vec<&Token> = longest.collect();
            before.reverse();
            let first = acronym.stem.chars().next();
            let begins = |word: &&Token| word.stem.chars().next() != first;
            before.into_iter().skip_while(begins).collect()
        } else {
            words[at + 1..].iter().take_while(is_other_side).collect()
        };
        let beside: Vec<String> = beside.into_iter().map(|word| word.stem.clone()).collect();
        if abbreviates(&acronym.stem, &beside) {
            found.push(AcronymExpansion { acronym: acronym.stem.clone(), words: beside });
        }
    }
    found
}

/// Whether letters are the initials of words, between which small words may have had theirs: `RDR`,
/// réduction (des) risques.
fn abbreviates(acronym: &str, words: &[String]) -> bool {
    let mut letters = acronym.chars();
    let mut initials = words.iter().filter_map(|word| word.chars().next());
    words.len() > 1
        && words.len() * 2 >= acronym.len()
        && words[0].chars().next() == acronym.chars().next()
        && initials.all(|initial| letters.any(|letter| letter == initial))
}

#[cfg(test)]
mod tests {
    use super::super::distinct_titles::{MAX_NEAREST_CANDIDATES, MAX_POSTINGS};
    use super::*;
    use crate::front_matter::FrontMatter;
    use crate::plan;

    type Numbers = Vec<Vec<usize>>;

    /// The groups of rows, by number, and the marked ones that stand alone, each with the nearest.
    fn find_groups(titles: &[&str]) -> (Numbers, Vec<(usize, Option<usize>)>) {
        let rows: String = titles
            .iter()
            .enumerate()
            .map(|(index, title)| ["\n", &(index + 1).to_string(), ".\t", title, "\tEn cours"].concat())
            .collect();
        let text = format!("## AXE 1: A{rows}\n");
        let (plan, _) = plan::read(&FrontMatter::default(), &text, 1, Language::Fr);
        let Repeats { groups, unmatched, .. } = find_repeats(&plan.measures, Language::Fr);
        let mut found: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            if let Some(group) = group {
                found.entry(*group).or_default().push(index + 1);
            }
        }
        let unmatched = unmatched.into_iter().map(|(row, near)| (row + 1, near.map(|near| near + 1)));
        (found.into_values().collect(), unmatched.collect())
    }

    fn are_repeats(a: &str, b: &str) -> bool {
        !find_groups(&[a, b]).0.is_empty()
    }

    #[test]
    fn repeats_ignore_case_accents_punctuation_and_spacing() {
        assert!(are_repeats("Créer une maison (médicale) à Jette", "Creer une maison  médicale, à Jette."));
        assert!(are_repeats("Ouvrir l’école sans-abri", "Ouvrir l'école « sans abri »"));
    }

    #[test]
    fn numbers_names_and_negations_distinguish_rows() {
        for (a, b) in [
            ("Créer dix places d’accueil de jour", "Créer onze places d’accueil de jour"),
            ("Créer 10 places d’accueil de jour", "Créer 12 places d’accueil de jour"),
            (
                "Créer des places d’accueil de jour pour jeunes",
                "Créer 12 places d’accueil de jour pour jeunes",
            ),
            ("Ouvrir des lieux de repos à Jette en été", "Ouvrir des lieux de repos à Ixelles en été"),
            (
                "Ouvrir des lieux de repos pour tous en été",
                "Ouvrir des lieux de repos pour tous à Ixelles en été",
            ),
            (
                "Financer les abris pour les jeunes adultes",
                "Ne pas financer les abris pour les jeunes adultes",
            ),
            ("Financer les abris avec accord de la commune", "Financer les abris sans accord de la commune"),
            ("Créer des places de repos IHP", "Créer des places de repos MSP"),
            ("Former la première ligne de soins", "Former la deuxième ligne de soins"),
            ("Soutenir les lieux de repos (Jette)", "Soutenir les lieux de repos (Ixelles)"),
        ] {
            assert!(!are_repeats(a, b), "{a} / {b}");
            assert!(!are_repeats(&format!("{a}*"), &format!("{b}*")), "{a}* / {b}*");
        }
    }

    #[test]
    fn a_repeat_can_have_a_few_more_words() {
        let short = "Planter des haies vives le long des chemins et des canaux";
        assert!(are_repeats(short, "Planter des haies vives le long des chemins, sentiers et canaux"));
        assert!(are_repeats(short, "Planter des haies vives le long des chmins et des canaux"));
        assert!(are_repeats(
            "Ouvrir une SRV pour tous les jeunes",
            "Ouvrir une SRV (Salle de Repos du Vélo) pour tous les jeunes"
        ));
        assert!(are_repeats(short, "Planter des haies vives (HV) le long des chemins et des canaux"));
        assert!(!are_repeats(short, "Planter des haies vives le long des routes et des canaux"));
        assert!(!are_repeats("Planter des haies", "Planter des haies vives"));
    }

    #[test]
    fn marked_rows_have_a_lower_similarity_threshold() {
        assert!(are_repeats("Adopter le plan du vélo*", "Adopter le plan du vélo (volet des enfants)*"));
        assert!(!are_repeats("Adopter le plan du vélo", "Adopter le plan du vélo (volet des enfants)"));
        let (groups, unmatched) = find_groups(&[
            "Semer du trèfle dans les parcs*",
            "Planter des haies",
            "Développer le trèfle des parcs publics de la ville*",
            "Creuser",
        ]);
        assert_eq!((groups, unmatched), (vec![], vec![(1, Some(3)), (3, Some(1))]));
        assert_eq!(find_groups(&["Creuser*", "Planter"]).1, [(1, None)]);
    }

    #[test]
    fn all_rows_of_a_group_are_pairwise_similar() {
        let rows = [
            "Planter haies vives chemins canaux parcs",
            "Planter haies vives chemins canaux parcs routes",
            "Planter haies vives chemins canaux parcs routes places squares",
        ];
        assert_eq!(find_groups(&rows).0, [vec![1, 2]]);
        assert_eq!(find_groups(&[rows[0], rows[0], rows[1], rows[0]]).0, [vec![1, 2, 3, 4]]);
    }

    #[test]
    fn comparisons_grow_with_the_number_of_rows_only() {
        let comparisons = |rows: usize| {
            // Few shared words, and every row is marked.
            let titles = (0..rows)
                .map(|row| format!("1.\tPlanter haie{row} mare{} banc{}*\tEn cours\n", row % 7, row % 11));
            let mut text = "## AXE 1: A\n".to_owned();
            for (row, title) in titles.enumerate() {
                text.push_str(&title.replacen('1', &(row + 1).to_string(), 1));
            }
            let (plan, _) = plan::read(&FrontMatter::default(), &text, 1, Language::Fr);
            assert_eq!(plan.measures.len(), rows);
            find_repeats(&plan.measures, Language::Fr).comparisons
        };
        // Grouping compares with at most 64 rows per word of the prefix, the search of the nearest row with
        // 64.
        let per_row = 4 * MAX_POSTINGS + MAX_NEAREST_CANDIDATES;
        assert!(comparisons(500) <= 500 * per_row);
        assert!(comparisons(2_000) <= 2_000 * per_row);
    }
}
