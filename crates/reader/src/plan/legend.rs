//! A legend of status signs: a table with a sign and its percentage or status in each row.

use std::collections::HashMap;

use passerelle_model::plan::{MeasureStatus, Percentage};

use super::block::Block;
use super::status::{self, StatusMap};
use super::status_detail;

/// Meaning of each sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Legend(HashMap<String, (MeasureStatus, Option<Percentage>)>);

/// A legend has few rows.
const MAX_ROWS: usize = 40;

impl Legend {
    /// Finds the legends of a document.
    pub(super) fn find(blocks: &[Block]) -> Self {
        let mut legend = Self::default();
        for block in blocks {
            let Block::Table(table) = block else { continue };
            let pairs: Vec<(&str, &str)> = table
                .rows
                .iter()
                .filter_map(|row| match row.cells.as_slice() {
                    [first, second] => Some((first.as_str(), second.as_str())),
                    _ => None,
                })
                .collect();
            if pairs.len() != table.rows.len() || !(2..=MAX_ROWS).contains(&pairs.len()) {
                continue;
            }
            let entries: Vec<_> = pairs
                .iter()
                .filter_map(|(first, second)| entry(first, second).or_else(|| entry(second, first)))
                .collect();
            // One row may be the header.
            if entries.len() + 1 >= pairs.len() {
                legend.0.extend(entries);
            }
        }
        legend
    }

    /// The meaning of a status cell that consists of signs.
    pub(super) fn get(&self, cell: &str) -> Option<(MeasureStatus, Option<Percentage>)> {
        if self.0.is_empty() || cell.is_empty() {
            return None;
        }
        self.0.get(&normalized(cell)).copied()
    }
}

fn entry(sign: &str, meaning: &str) -> Option<(String, (MeasureStatus, Option<Percentage>))> {
    if sign.is_empty() || sign.len() > 400 || sign.contains(char::is_alphanumeric) {
        return None;
    }
    let completion = status_detail::percentage_of_cell(meaning).filter(|_| meaning.contains('%'));
    let stated = || {
        Some(status::read_with(meaning, &StatusMap::default()).status)
            .filter(|status| *status != MeasureStatus::Undefined)
    };
    let status = completion.map(status_detail::of_percentage).or_else(stated)?;
    Some((normalized(sign), (status, completion)))
}

/// Signs without spaces, joiners, variation selectors, skin tones and genders.
fn normalized(cell: &str) -> String {
    let is_kept = |character: &char| {
        !character.is_whitespace()
            && !matches!(
                character,
                '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '♀' | '♂'
            )
    };
    cell.chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{block, line};
    use super::*;

    #[test]
    fn a_legend_maps_signs_to_percentages_or_statuses() {
        let text = "| Signe | Sens |\n|--|--|\n| 🌱🌱 | 0 % |\n| 🌱🌳 | 50% |\n| 🌳🌳 | 100 % |\n";
        let legend = Legend::find(&block::read(&line::read(text, 1).located));
        assert_eq!(legend.get("🌱 🌳\u{FE0F}"), Some((MeasureStatus::InProgress, Percentage::new(50))));
        assert_eq!(legend.get("🌳"), None);
        let words = "| 🟢 | En cours |\n| 🔴 | À faire |\n";
        let legend = Legend::find(&block::read(&line::read(words, 1).located));
        assert_eq!(legend.get("🔴"), Some((MeasureStatus::NotStarted, None)));
    }
}
