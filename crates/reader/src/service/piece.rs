//! A page as a flat row: headings, the text under them, and its boxes.

use passerelle_model::page::{Block, BlockKind};
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::fold;

use crate::markdown::{Anchors, Setting, render};
use crate::source::saturate;

/// A part of the row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// A heading: its level and its text.
    Heading(u8, String),
    /// Markdown without headings.
    Text(String),
    /// A box, whose own pieces are not in the row.
    Box(&'a Block),
}

/// The pieces of blocks, whichever shortcode holds them.
pub(super) fn pieces(blocks: &[Block]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    flatten(blocks, &mut pieces);
    pieces
}

/// Markdown, rendered.
pub(super) fn rich<'a>(parts: impl IntoIterator<Item = &'a str>, setting: Setting<'_>) -> RichText {
    let mut whole = RichText::default();
    let mut anchors = Anchors::default();
    for part in parts {
        whole.push(&render(part, setting, &mut anchors).content);
    }
    whole
}

fn flatten<'a>(blocks: &'a [Block], pieces: &mut Vec<Piece<'a>>) {
    for block in blocks {
        match &block.kind {
            _ if is_box(block) => pieces.push(Piece::Box(block)),
            BlockKind::RichText | BlockKind::Link(_) if !block.own.is_empty() => {
                cut_at_headings(&block.own.markdown, pieces);
            }
            _ => flatten(&block.children, pieces),
        }
    }
}

/// Whether a block is a box: a callout, or a part of the layout that the site's style sheet draws as one and that asks a
/// question. Other parts are drawn as boxes too, for their looks.
fn is_box(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Callout { .. } => true,
        BlockKind::Section { args, .. } | BlockKind::Shortcode { args, .. } => {
            let class = args.get("class").and_then(serde_json::Value::as_str).unwrap_or_default();
            let is_drawn = class
                .split_whitespace()
                .any(|class| matches!(fold(class).as_str(), "box" | "callout" | "encadre"));
            is_drawn
                && first_heading(&block.children).is_some_and(|heading| heading.trim_end().ends_with('?'))
        }
        _ => false,
    }
}

fn first_heading(blocks: &[Block]) -> Option<String> {
    pieces(blocks).into_iter().find_map(|piece| match piece {
        Piece::Heading(_, text) => Some(text),
        _ => None,
    })
}

fn cut_at_headings(markdown: &str, pieces: &mut Vec<Piece<'_>>) {
    let headings = render(markdown, Setting::default(), &mut Anchors::default()).headings;
    let mut text = String::new();
    let mut headings = headings.into_iter().peekable();
    let flush = |text: &mut String, pieces: &mut Vec<Piece<'_>>| {
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
