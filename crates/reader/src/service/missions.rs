//! The missions: the titled parts that follow their announcement, whichever shortcode holds them.

use passerelle_model::service::Mission;
use passerelle_text::fold::fold;

use super::piece::{Piece, rich};
use crate::markdown::Setting;
use crate::source::saturate;

/// Number words as announcements write them, folded.
const NUMBERS: [(&str, usize); 27] = [
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

/// The words for a mission, folded, as they begin.
const WORDS: [&str; 3] = ["mission", "opdracht", "taken"];

/// Finds the missions among the pieces of a page.
pub(super) fn find(pieces: &[Piece<'_>], setting: Setting<'_>) -> Vec<Mission> {
    let Some((index, announced)) = announcement(pieces) else { return Vec::new() };
    let section = pieces[..=index].iter().rev().find_map(level).unwrap_or(1);
    let mut missions: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut own_level = None;
    for piece in &pieces[index + 1..] {
        match piece {
            Piece::Heading(heading, title) => {
                let stops = *heading <= section || own_level.is_some_and(|level| *heading < level);
                let is_mission = own_level.is_none_or(|level| *heading == level);
                if stops || (is_mission && announced.is_some_and(|announced| missions.len() >= announced)) {
                    break;
                }
                if is_mission {
                    own_level = Some(*heading);
                    missions.push((title, Vec::new()));
                }
            }
            Piece::Text(markdown) => {
                if let Some((_, parts)) = missions.last_mut() {
                    parts.push(markdown);
                }
            }
            Piece::Box(_) => {}
        }
    }
    let mission = |(index, (title, parts)): (usize, (&str, Vec<&str>))| Mission {
        position: saturate(index + 1),
        title: title.to_owned(),
        description: rich(parts, setting),
    };
    missions.into_iter().enumerate().map(mission).collect()
}

fn level(piece: &Piece<'_>) -> Option<u8> {
    match piece {
        Piece::Heading(level, _) => Some(*level),
        Piece::Text(_) | Piece::Box(_) => None,
    }
}

/// Where `Three missions …` stands, and how many it says, if it says.
fn announcement(pieces: &[Piece<'_>]) -> Option<(usize, Option<usize>)> {
    pieces.iter().enumerate().find_map(|(index, piece)| {
        let Piece::Text(text) = piece else { return None };
        let folded = fold(text);
        let words: Vec<&str> = folded.split(|character: char| !character.is_alphanumeric()).collect();
        let at = words.iter().position(|word| WORDS.iter().any(|known| word.starts_with(known)))?;
        let number = words[..at].iter().rev().take(3).find_map(|word| number(word));
        // The word alone may stand anywhere; with a number before it, it announces.
        number.map(|number| (index, Some(number)))
    })
}

fn number(word: &str) -> Option<usize> {
    let written = NUMBERS.iter().find(|(known, _)| *known == word).map(|(_, number)| *number);
    written.or_else(|| word.parse().ok().filter(|number| (1..=99).contains(number)))
}
