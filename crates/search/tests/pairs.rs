//! Pairs of French words that are, or are not, found by each other.

use passerelle_model::language::Language;
use passerelle_search::matches_text;

const PAIRS: &str = include_str!("pairs.txt");

#[test]
fn words_are_found_by_those_that_a_reader_takes_for_the_same() {
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
