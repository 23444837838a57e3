//! Flattens the blocks of a page to a sequence of headings, texts and callouts.

use passerelle_model::page::{Block, BlockKind};
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::fold;

use crate::markdown::{Anchorizer, RenderOptions, render};
use crate::source::saturating_u32;

/// An element of the sequence.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FlatBlock<'a> {
    /// A heading with its level (1 to 6) and its plain text.
    Heading(u8, String),
    /// Markdown source without headings.
    Text(String),
    /// A callout. Its content is not part of the sequence.
    Callout(&'a Block),
}

/// Flattens blocks in document order, at any depth of nesting.
pub(super) fn flat_blocks(blocks: &[Block]) -> Vec<FlatBlock<'_>> {
    let mut sequence = Vec::new();
    push_flat_blocks(blocks, &mut sequence);
    sequence
}

/// Renders pieces of Markdown and joins the results.
pub(super) fn render_parts<'a>(
    parts: impl IntoIterator<Item = &'a str>,
    render_options: RenderOptions<'_>,
) -> RichText {
    let mut whole = RichText::default();
    let mut anchors = Anchorizer::default();
    for part in parts {
        whole.push(&render(part, render_options, &mut anchors).content);
    }
    whole
}

fn push_flat_blocks<'a>(blocks: &'a [Block], sequence: &mut Vec<FlatBlock<'a>>) {
    for block in blocks {
        match &block.kind {
            _ if is_callout(block) => sequence.push(FlatBlock::Callout(block)),
            BlockKind::RichText | BlockKind::Link(_) if !block.own.is_empty() => {
                split_at_headings(&block.own.markdown, sequence);
            }
            _ => push_flat_blocks(&block.children, sequence),
        }
    }
}

/// Returns true if a block is a callout, or a section with a callout class whose first heading ends with a
/// question mark. Other sections use these classes for their appearance only.
fn is_callout(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Callout { .. } => true,
        BlockKind::Section { args, .. } | BlockKind::Shortcode { args, .. } => {
            let class = args.get("class").and_then(serde_json::Value::as_str).unwrap_or_default();
            let has_callout_class = class
                .split_whitespace()
                .any(|class| matches!(fold(class).as_str(), "box" | "callout" | "encadre"));
            has_callout_class
                && first_heading(&block.children).is_some_and(|heading| heading.trim_end().ends_with('?'))
        }
        _ => false,
    }
}

fn first_heading(blocks: &[Block]) -> Option<String> {
    flat_blocks(blocks).into_iter().find_map(|block| match block {
        FlatBlock::Heading(_, text) => Some(text),
        _ => None,
    })
}

fn split_at_headings(markdown: &str, sequence: &mut Vec<FlatBlock<'_>>) {
    let headings = render(markdown, RenderOptions::default(), &mut Anchorizer::default()).headings;
    let mut text = String::new();
    let mut headings = headings.into_iter().peekable();
    let flush = |text: &mut String, sequence: &mut Vec<FlatBlock<'_>>| {
        let whole = std::mem::take(text);
        if !whole.trim().is_empty() {
            sequence.push(FlatBlock::Text(whole.trim().to_owned()));
        }
    };
    for (index, line) in markdown.lines().enumerate() {
        match headings.next_if(|heading| heading.line == saturating_u32(index + 1)) {
            Some(heading) => {
                flush(&mut text, sequence);
                sequence.push(FlatBlock::Heading(heading.level, heading.text));
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    flush(&mut text, sequence);
}
