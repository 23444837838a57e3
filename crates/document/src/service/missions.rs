//! The missions: the titled parts that follow their announcement, whichever shortcode holds them.

use super::Mission;
use crate::fold::fold;
use crate::markdown::{Anchors, render};
use crate::page::{Block, BlockKind};
use crate::rich_text::RichText;
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

/// Finds the missions of a page.
pub(super) fn find(blocks: &[Block]) -> Vec<Mission> {
    let mut pieces = Vec::new();
    flatten(blocks, &mut pieces);
    let Some((index, announced)) = announcement(&pieces) else { return Vec::new() };
    let section = pieces[..=index].iter().rev().find_map(Piece::level).unwrap_or(1);
    let mut missions: Vec<(String, Vec<RichText>)> = Vec::new();
    let mut level = None;
    for piece in &pieces[index + 1..] {
        match piece {
            Piece::Heading(heading, text) => {
                let stops = *heading <= section || level.is_some_and(|level| *heading < level);
                let is_mission = level.is_none_or(|level| *heading == level);
                if stops || (is_mission && announced.is_some_and(|announced| missions.len() >= announced)) {
                    break;
                }
                if is_mission {
                    level = Some(*heading);
                    missions.push((text.clone(), Vec::new()));
                }
            }
            Piece::Text(markdown) => {
                if let Some((_, parts)) = missions.last_mut() {
                    let rendered = render(markdown, &[], &mut Anchors::default());
                    parts.push(RichText {
                        html: rendered.html,
                        text: rendered.text,
                        markdown: markdown.clone(),
                    });
                }
            }
        }
    }
    let mission = |(index, (title, parts)): (usize, (String, Vec<RichText>))| Mission {
        position: saturate(index + 1),
        title,
        description: RichText::join(&parts),
    };
    missions.into_iter().enumerate().map(mission).collect()
}

/// A page as a flat row of headings and the text under them.
enum Piece {
    Heading(u8, String),
    Text(String),
}

impl Piece {
    fn level(&self) -> Option<u8> {
        match self {
            Self::Heading(level, _) => Some(*level),
            Self::Text(_) => None,
        }
    }
}

fn flatten(blocks: &[Block], pieces: &mut Vec<Piece>) {
    for block in blocks {
        if block.children.is_empty() && block.kind == BlockKind::RichText {
            cut_at_headings(&block.content.markdown, pieces);
        }
        flatten(&block.children, pieces);
    }
}

fn cut_at_headings(markdown: &str, pieces: &mut Vec<Piece>) {
    let headings = render(markdown, &[], &mut Anchors::default()).headings;
    let mut text = String::new();
    let mut headings = headings.into_iter().peekable();
    let flush = |text: &mut String, pieces: &mut Vec<Piece>| {
        let whole = std::mem::take(text);
        if !whole.trim().is_empty() {
            pieces.push(Piece::Text(whole.trim().to_owned()));
        }
    };
    for (index, line) in markdown.lines().enumerate() {
        match headings.next_if(|heading| heading.line == saturate(index + 1)) {
            Some(heading) => {
                flush(&mut text, pieces);
                pieces.push(Piece::Heading(heading.level, heading.text));
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    flush(&mut text, pieces);
}

/// Where `Three missions …` stands, and how many it says, if it says.
fn announcement(pieces: &[Piece]) -> Option<(usize, Option<usize>)> {
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
