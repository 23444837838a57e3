//! Labels and numbers of measures.

use std::collections::{HashMap, HashSet};

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::plan::CategoryPath;
use passerelle_model::position::Position;

use super::draft::MeasureDraft;
use super::measure_label;

/// Moves labels from the titles to their own field: `P1: Title`, `**1.1** Title`, `7. Title`.
///
/// All titles of the plan are compared, because a single title with a number proves nothing.
pub(super) fn split_labels(drafts: &mut [MeasureDraft]) {
    let without: Vec<usize> = (0..drafts.len()).filter(|at| drafts[*at].label.is_none()).collect();
    let marked = without
        .iter()
        .filter(|at| measure_label::split(&drafts[**at].title).is_some_and(|found| found.is_marked))
        .count();
    // A row without a title has only its label.
    let is_label = |title: &str| title.ends_with('.') && measure_label::of_cell(title).is_some();
    let is_ascending = ascends(drafts, &without);
    // `1.1 Planter`: a single title may begin with a quantity, `2.5 km de haies`.
    let has_point = |title: &str| measure_label::split(title).is_some_and(|found| found.label.contains('.'));
    let pointed = without.iter().filter(|at| has_point(&drafts[**at].title)).count();
    let are_pointed = pointed >= 2 && pointed * 10 >= without.len() * 8;
    if !is_ascending && !are_pointed && (marked * 2 < without.len() || marked < 2) {
        return;
    }
    let mut last: Option<u32> = None;
    for at in without {
        let title = drafts[at].title.clone();
        if is_label(&title) {
            drafts[at].label = measure_label::of_cell(&title);
            drafts[at].title.clear();
        } else if let Some(found) = measure_label::split(&title) {
            let number = measure_label::whole_number(&found.label);
            // Without a mark, the number must be the next one.
            let is_next = number.is_some() && number == last.map(|last| last + 1);
            let is_pointed = are_pointed && found.label.contains('.');
            if found.is_marked || is_next || is_ascending || is_pointed {
                drafts[at].label = Some(found.label);
                found.title.clone_into(&mut drafts[at].title);
            }
        }
        last = drafts[at].label.as_deref().and_then(measure_label::whole_number).or(last);
    }
    fill_gaps(drafts);
}

/// Returns true if most titles begin with a whole number, each larger than the one before.
fn ascends(drafts: &[MeasureDraft], without: &[usize]) -> bool {
    let numbers: Vec<u32> = without
        .iter()
        .filter_map(|at| measure_label::split(&drafts[*at].title))
        .filter_map(|found| measure_label::whole_number(&found.label))
        .collect();
    numbers.len() >= 3
        && numbers.len() * 10 >= without.len() * 9
        && numbers.is_sorted_by(|one, next| one < next)
}

/// Gives a measure between 18 and 20 the label 19, if its own is lost.
fn fill_gaps(drafts: &mut [MeasureDraft]) {
    let number = |draft: &MeasureDraft| draft.label.as_deref().and_then(measure_label::whole_number);
    for at in 1..drafts.len().saturating_sub(1) {
        if drafts[at].label.is_none()
            && let (Some(before), Some(after)) = (number(&drafts[at - 1]), number(&drafts[at + 1]))
            && after == before + 2
        {
            drafts[at].label = Some((before + 1).to_string());
        }
    }
}

/// A label for each measure, unique in its category. The second of two equal labels gets a suffix, and is
/// reported.
pub(super) fn unique_labels(
    drafts: &[MeasureDraft],
    paths: &[CategoryPath],
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut first_line: HashMap<(&str, String), u32> = HashMap::new();
    for (draft, path) in drafts.iter().zip(paths) {
        if let Some(label) = &draft.label {
            first_line.entry((path.as_str(), label.clone())).or_insert(draft.line);
        }
    }
    let mut used: HashSet<(&str, String)> = HashSet::new();
    let mut suffixes: HashMap<(&str, String), u32> = HashMap::new();
    let mut labels = Vec::with_capacity(drafts.len());
    for (at, (draft, path)) in drafts.iter().zip(paths).enumerate() {
        let path = path.as_str();
        let written = draft.label.clone().unwrap_or_else(|| (at + 1).to_string());
        let mut label = written.clone();
        while !used.insert((path, label.clone()))
            || (draft.label.is_none() && first_line.contains_key(&(path, label.clone())))
        {
            let count = suffixes.entry((path, written.clone())).or_insert(1);
            *count += 1;
            label = format!("{written}-{count}");
        }
        if draft.label.is_some() && label != written {
            let first_line = first_line.get(&(path, written.clone())).copied().unwrap_or(1);
            report_clash(&written, (first_line, draft.line), &label, findings);
        }
        labels.push(label);
    }
    labels
}

/// Reports two measures with one label, on both lines.
pub(super) fn report_clash(label: &str, lines: (u32, u32), given: &str, findings: &mut Vec<Finding>) {
    for (line, other_line) in [lines, (lines.1, lines.0)] {
        let (label, given) = (label.to_owned(), given.to_owned());
        let kind = DiagnosticKind::DuplicateMeasureLabel { label, other_line, given };
        findings.push(Finding::at(Position::line(line), kind));
    }
}

/// The index of the measure that each measure belongs to by its label: `1.2` belongs to an earlier `1` in the
/// same category. Headings that state the parts of a measure decide instead.
pub(super) fn parents_by_label(drafts: &[MeasureDraft], paths: &[CategoryPath]) -> Vec<Option<usize>> {
    if drafts.iter().any(|draft| draft.is_part) {
        return vec![None; drafts.len()];
    }
    let mut earlier: HashMap<(&CategoryPath, &str), usize> = HashMap::new();
    let mut parents = Vec::with_capacity(drafts.len());
    for (at, (draft, path)) in drafts.iter().zip(paths).enumerate() {
        let label = draft.label.as_deref().map(|label| label.trim_end_matches('.'));
        let above = label.and_then(|label| label.rsplit_once('.'));
        parents.push(above.and_then(|(above, _)| earlier.get(&(path, above)).copied()));
        if let Some(label) = label {
            earlier.entry((path, label)).or_insert(at);
        }
    }
    parents
}

/// A number for each label: the label if it is a whole number and unique in the plan, else the position from
/// 1, else the next number that no measure has.
pub(super) fn numbers(labels: &[String]) -> Vec<u32> {
    let wholes: Vec<Option<u32>> = labels.iter().map(|label| measure_label::whole_number(label)).collect();
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for number in wholes.iter().flatten() {
        *counts.entry(*number).or_default() += 1;
    }
    let own: Vec<Option<u32>> =
        wholes.into_iter().map(|number| number.filter(|number| counts.get(number) == Some(&1))).collect();
    let mut used: HashSet<u32> = own.iter().flatten().copied().collect();
    let mut next = used
        .iter()
        .max()
        .copied()
        .unwrap_or(0)
        .max(u32::try_from(labels.len()).unwrap_or(u32::MAX))
        .saturating_add(1);
    let mut position = 0_u32;
    own.into_iter()
        .map(|own| {
            position = position.saturating_add(1);
            own.unwrap_or_else(|| {
                if used.insert(position) {
                    return position;
                }
                let number = next;
                next = next.saturating_add(1);
                used.insert(number);
                number
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafts(titles: &[&str]) -> Vec<MeasureDraft> {
        let draft = |(at, title): (usize, &&str)| MeasureDraft {
            title: (*title).to_owned(),
            line: u32::try_from(at).unwrap() + 1,
            ..MeasureDraft::default()
        };
        titles.iter().enumerate().map(draft).collect()
    }

    #[test]
    fn labels_are_split_from_titles_if_most_titles_have_one() {
        let mut found = drafts(&["1. Planter", "2 Semer", "3. Creuser", "4.", "5: Arroser", "40 arbres"]);
        split_labels(&mut found);
        let labels: Vec<Option<&str>> = found.iter().map(|draft| draft.label.as_deref()).collect();
        assert_eq!(labels, [Some("1"), Some("2"), Some("3"), Some("4"), Some("5"), None]);
        assert_eq!((found[1].title.as_str(), found[3].title.as_str()), ("Semer", ""));
        let mut pointed = drafts(&["1.1 Planter", "1.2 Semer", "2.1 Creuser"]);
        split_labels(&mut pointed);
        assert_eq!((pointed[2].label.as_deref(), pointed[2].title.as_str()), (Some("2.1"), "Creuser"));
        let mut few = drafts(&["1. Planter", "Semer", "Creuser"]);
        split_labels(&mut few);
        assert_eq!(few[0].label, None);
    }

    #[test]
    fn equal_labels_in_one_category_are_reported_with_both_lines() {
        let mut found = drafts(&["a", "b", "c", "d"]);
        for (draft, label) in found.iter_mut().zip(["7", "7", "7", "8"]) {
            draft.label = Some(label.to_owned());
        }
        let paths = ["1", "1", "2", "2"].map(|label| CategoryPath::child(None, label));
        let mut findings = Vec::new();
        assert_eq!(unique_labels(&found, &paths, &mut findings), ["7", "7-2", "7", "8"]);
        let kind = |other_line| DiagnosticKind::DuplicateMeasureLabel {
            label: "7".to_owned(),
            other_line,
            given: "7-2".to_owned(),
        };
        let expected = [(1, 2), (2, 1)].map(|(line, other)| Finding::at(Position::line(line), kind(other)));
        assert_eq!(findings, expected);
    }

    #[test]
    fn numbers_are_unique_whole_labels_or_positions() {
        let numbers_of =
            |labels: &[&str]| numbers(&labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>());
        assert_eq!(numbers_of(&["10", "12", "11"]), [10, 12, 11]);
        assert_eq!(numbers_of(&["P1", "P2"]), [1, 2]);
        assert_eq!(numbers_of(&["1", "2", "1", "2"]), [1, 2, 3, 4]);
        assert_eq!(numbers_of(&["3", "A", "B"]), [3, 2, 4]);
    }
}
