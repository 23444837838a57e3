//! Finds the missions of a support service: the headings after a sentence such as `Three missions …`.

use passerelle_model::service::Mission;
use passerelle_text::fold::fold;

use super::flat_block::{FlatBlock, render_parts};
use crate::markdown::RenderOptions;
use crate::source::saturating_u32;

/// Number words in French, Dutch and English, folded.
const NUMBER_WORDS: [(&str, usize); 27] = [
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("een", 1),
    ("twee", 2),
    ("drie", 3),
    ("vier", 4),
    ("vijf", 5),
    ("zes", 6),
    ("zeven", 7),
    ("acht", 8),
    ("negen", 9),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
];

/// Prefixes of the words for a mission, folded.
const MISSION_WORDS: [&str; 3] = ["mission", "opdracht", "taken"];

/// Returns the missions in document order. Empty without an announcement.
///
/// The first heading after the announcement sets the level of mission headings. The list ends at a higher
/// heading or at the announced number.
pub(super) fn find(blocks: &[FlatBlock<'_>], render_options: RenderOptions<'_>) -> Vec<Mission> {
    let Some((index, announced_count)) = announcement(blocks) else { return Vec::new() };
    let section = blocks[..=index].iter().rev().find_map(level).unwrap_or(1);
    let mut missions: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut own_level = None;
    for block in &blocks[index + 1..] {
        match block {
            FlatBlock::Heading(heading, title) => {
                let stops = *heading <= section || own_level.is_some_and(|level| *heading < level);
                let is_mission = own_level.is_none_or(|level| *heading == level);
                if stops
                    || (is_mission
                        && announced_count.is_some_and(|announced_count| missions.len() >= announced_count))
                {
                    break;
                }
                if is_mission {
                    own_level = Some(*heading);
                    missions.push((title, Vec::new()));
                }
            }
            FlatBlock::Text(markdown) => {
                if let Some((_, parts)) = missions.last_mut() {
                    parts.push(markdown);
                }
            }
            FlatBlock::Callout(_) => {}
        }
    }
    let mission = |(index, (title, parts)): (usize, (&str, Vec<&str>))| Mission {
        position: saturating_u32(index + 1),
        title: title.to_owned(),
        description: render_parts(parts, render_options),
    };
    missions.into_iter().enumerate().map(mission).collect()
}

fn level(block: &FlatBlock<'_>) -> Option<u8> {
    match block {
        FlatBlock::Heading(level, _) => Some(*level),
        FlatBlock::Text(_) | FlatBlock::Callout(_) => None,
    }
}

/// Returns the index of the announcement and the announced number.
fn announcement(blocks: &[FlatBlock<'_>]) -> Option<(usize, Option<usize>)> {
    blocks.iter().enumerate().find_map(|(index, block)| {
        let FlatBlock::Text(text) = block else { return None };
        let folded = fold(text);
        let words: Vec<&str> = folded.split(|character: char| !character.is_alphanumeric()).collect();
        let at = words.iter().position(|word| MISSION_WORDS.iter().any(|known| word.starts_with(known)))?;
        let number = words[..at].iter().rev().take(3).find_map(|word| number(word));
        // Only a number shortly before the word makes the text an announcement.
        number.map(|number| (index, Some(number)))
    })
}

fn number(word: &str) -> Option<usize> {
    let written = NUMBER_WORDS.iter().find(|(known, _)| *known == word).map(|(_, number)| *number);
    written.or_else(|| word.parse().ok().filter(|number| (1..=99).contains(number)))
}
