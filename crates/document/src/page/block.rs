//! Parts of a body as blocks, rendered.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::inline;
use super::tree::{self, Part, Run, Shortcode};
use super::{Block, BlockKind, Image};
use crate::diagnostic::{Fault, Finding};
use crate::fold::tidy;
use crate::front_matter::integer_of;
use crate::markdown::{self, Anchors, RenderedHeading, escape, safe_url};
use crate::rich_text::RichText;
use crate::source::Position;

/// Renders the parts of one page: anchors are unique and block ids are counted across all of it.
#[derive(Default)]
pub(super) struct Renderer {
    anchors: Anchors,
    counts: HashMap<String, u32>,
    /// The headings so far, in document order.
    pub(super) headings: Vec<RenderedHeading>,
    /// The images so far, in document order.
    pub(super) images: Vec<Image>,
    /// What was found on the way.
    pub(super) findings: Vec<Finding>,
}

impl Renderer {
    /// Renders parts in order. Those that say nothing leave no block.
    pub(super) fn blocks(&mut self, parts: Vec<Part>) -> Vec<Block> {
        parts.into_iter().filter_map(|part| self.block(part)).collect()
    }

    fn block(&mut self, part: Part) -> Option<Block> {
        match part {
            Part::Markdown(run) => self.rich_text(&run),
            Part::Callout { label, children } => {
                let id = self.id("callout");
                let children = self.blocks(children);
                let content = wrapped("aside", &children);
                Some(Block { id, kind: BlockKind::Callout { label }, content, children })
            }
            Part::Shortcode(shortcode) => self.shortcode(shortcode),
        }
    }

    fn rich_text(&mut self, run: &Run) -> Option<Block> {
        let rendered = markdown::render(&run.text, &run.markers, &mut self.anchors);
        for image in &rendered.images {
            let position = Position::line(run.line + image.line.saturating_sub(1));
            self.image(&image.src, Some(&image.alt), position, None, None);
        }
        self.headings.extend(rendered.headings);
        if rendered.html.is_empty() {
            return None;
        }
        let source = tree_text(run);
        let content = RichText { html: rendered.html, text: rendered.text, markdown: source };
        Some(Block { id: self.id("text"), kind: BlockKind::RichText, content, children: Vec::new() })
    }

    fn shortcode(&mut self, shortcode: Shortcode) -> Option<Block> {
        let Shortcode { name, args, raw, position, children } = shortcode;
        if inline::is_silent(&name) {
            return None;
        }
        if name == "image" {
            return self.image_block(&args, position);
        }
        let id = self.id(&name);
        let mut blocks = self.blocks(children);
        if name.starts_with("section") {
            blocks.extend(self.json_blocks(&args, position));
            let content = wrapped("section", &blocks);
            return Some(Block { id, kind: BlockKind::Section { name, args }, content, children: blocks });
        }
        let content = wrapped("div", &blocks);
        Some(Block { id, kind: BlockKind::Shortcode { name, args, raw }, content, children: blocks })
    }

    /// `blocks=[{"value":"…","type":"markdown"}]`: each is one block, whatever it holds.
    fn json_blocks(&mut self, args: &Map<String, Value>, position: Position) -> Vec<Block> {
        let listed = args.get("blocks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut blocks = Vec::new();
        for entry in listed {
            let Some(value) = entry.get("value").and_then(Value::as_str) else { continue };
            let mut findings = Vec::new();
            let parts = tree::read(value, 1, &mut findings);
            // The text has no lines of its own in the document: everything in it stands where its shortcode does.
            self.findings.extend(findings.into_iter().map(|finding| Finding::at(position, finding.fault)));
            let mut inside = self.blocks(parts);
            if inside.len() == 1 {
                blocks.append(&mut inside);
            } else if !inside.is_empty() {
                let id = self.id("block");
                let content = RichText::join(inside.iter().map(|block| &block.content));
                let kind = BlockKind::Section { name: "block".to_owned(), args: Map::new() };
                blocks.push(Block { id, kind, content, children: inside });
            }
        }
        blocks
    }

    fn image_block(&mut self, args: &Map<String, Value>, position: Position) -> Option<Block> {
        let text = |key: &str| args.get(key).and_then(Value::as_str).map(tidy);
        let pixels =
            |key: &str| args.get(key).and_then(integer_of).and_then(|pixels| u32::try_from(pixels).ok());
        let source = text("src").or_else(|| text("0"))?;
        let src = safe_url(&source).filter(|src| !src.is_empty())?;
        let image = self.image(src, text("alt").as_deref(), position, pixels("width"), pixels("height"));
        let alt = image.alt.clone().unwrap_or_default();
        let size = |name: &str, pixels: Option<u32>| {
            pixels.map(|pixels| format!(" {name}=\"{pixels}\"")).unwrap_or_default()
        };
        let html = format!(
            "<figure><img src=\"{}\" alt=\"{}\"{}{} /></figure>",
            escape(src),
            escape(&alt),
            size("width", image.width),
            size("height", image.height),
        );
        let markdown = format!("![{alt}](<{src}>)");
        let content = RichText { html, text: alt, markdown };
        Some(Block { id: self.id("image"), kind: BlockKind::Image(image), content, children: Vec::new() })
    }

    fn image(
        &mut self,
        src: &str,
        alt: Option<&str>,
        position: Position,
        width: Option<u32>,
        height: Option<u32>,
    ) -> Image {
        let alt = alt.filter(|alt| !alt.is_empty()).map(str::to_owned);
        if alt.is_none() {
            self.findings.push(Finding::at(position, Fault::ImageWithoutAlt { src: src.to_owned() }));
        }
        let image = Image { src: src.to_owned(), alt, width, height };
        self.images.push(image.clone());
        image
    }

    fn id(&mut self, kind: &str) -> String {
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        format!("{kind}-{count}")
    }
}

/// The Markdown of a run, without what stood for shortcodes.
fn tree_text(run: &Run) -> String {
    markdown::Marker::strip(&run.text).trim().to_owned()
}

fn wrapped(element: &str, children: &[Block]) -> RichText {
    let inside = RichText::join(children.iter().map(|block| &block.content));
    if inside.html.is_empty() {
        return inside;
    }
    RichText { html: format!("<{element}>\n{}\n</{element}>", inside.html), ..inside }
}
