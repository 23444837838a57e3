//! French word pairs that must, or must not, find each other.

use passerelle_model::language::Language;
use passerelle_search::matches_text;

const PAIRS: &str = include_str!("pairs.txt");

#[test]
fn french_word_pairs_match_as_listed() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in PAIRS.lines().filter(|line| !line.starts_with('#')) {
        let [sign, one, other] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
        count += 1;
        let is_found = matches_text(one, other, Language::Fr) && matches_text(other, one, Language::Fr);
        let is_found_at_all =
            matches_text(one, other, Language::Fr) || matches_text(other, one, Language::Fr);
        if (sign == "=" && !is_found) || (sign == "!" && is_found_at_all) {
            wrong.push(line);
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(count, 300);
}
