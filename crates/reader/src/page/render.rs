//! Renders the body tree of a page to blocks.

use std::collections::HashMap;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::page::{Block, BlockKind, Destination, Image, Link, LinkKind};
use passerelle_model::placeholder::{Placeholder, TextSegment, segments, strip_placeholders};
use passerelle_model::position::Position;
use passerelle_model::reference::{Reference, ReferenceTarget};
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::slugify;
use serde_json::{Map, Value};

mod anchors;
mod notes;

use super::body_node::{BodyNode, MarkdownRun, Shortcode};
use super::collection;
use super::definitions::Definitions;
use super::layout_images::{image_of_metadata, images_of_layout};
use super::link::{
    LinkArguments, PageContext, default_label, image_from_arguments, is_decorative, other_sources,
};
use super::shortcodes::ShortcodeRole;
use super::spaced_paths::encode_spaced_paths;
use super::tree::BodyParser;
use crate::front_matter::FrontMatter;
use crate::markdown;
use crate::markdown::{Anchorizer, RenderOptions, RenderedHeading};

/// Maximum length of the topic in a block id, in characters. It keeps ids readable.
const MAX_ID_CHARACTERS: usize = 48;

/// Renders one page. Anchors and block ids are unique within the page.
pub(super) struct Renderer<'a> {
    parser: BodyParser<'a>,
    anchors: Anchorizer,
    definitions: Definitions,
    ids: HashMap<String, u32>,
    /// Headings rendered so far, in document order.
    pub(super) headings: Vec<RenderedHeading>,
    /// Images rendered so far, in document order.
    pub(super) images: Vec<Image>,
    /// Links rendered so far, in document order.
    pub(super) links: Vec<Link>,
    /// References to other pages and to files.
    pub(super) references: Vec<Reference>,
    findings: Vec<Finding>,
    /// Anchors of links within the page. They are checked after all headings are rendered.
    anchor_links: Vec<(String, Position)>,
    /// Position to report instead of the position in the rendered text. Set for text from a JSON argument.
    origin: Option<Position>,
    /// True while the content of a link is rendered: links must not be nested.
    in_link: bool,
    depth: usize,
}

impl<'a> Renderer<'a> {
    /// Creates a renderer for a page of `size` bytes.
    pub(super) fn new(context: PageContext<'a>, size: usize) -> Self {
        // Bounds the memory for source text that nested shortcodes repeat at every level.
        let parser = BodyParser { context, findings: Vec::new(), raw_budget: 2 * size };
        Self {
            parser,
            anchors: Anchorizer::default(),
            definitions: Definitions::new(size),
            ids: HashMap::new(),
            headings: Vec::new(),
            images: Vec::new(),
            links: Vec::new(),
            references: Vec::new(),
            findings: Vec::new(),
            anchor_links: Vec::new(),
            origin: None,
            in_link: false,
            depth: 0,
        }
    }

    /// Parses and renders a body. `first_line` is the line of the document on which the body starts.
    pub(super) fn render_body(&mut self, body: &str, first_line: u32) -> Vec<Block> {
        // The private characters of placeholders must not come from the document.
        let body = markdown::plain_block_spaces(strip_placeholders(body));
        let mut nodes = self.parser.parse(&body, first_line, 0);
        if markdown::limits::exceeds_line_limit(&body) {
            self.definitions.disable();
        }
        self.definitions.collect(&mut nodes, &mut self.findings);
        let mut blocks = self.render_nodes(nodes);
        blocks.extend(self.notes_block());
        self.resolve_anchors(&mut blocks);
        blocks
    }

    /// Records the image of the front matter, unless the body contains it. It is the first image of the page.
    pub(super) fn record_metadata_image(&mut self, front: &FrontMatter) {
        let Some((image, field)) = image_of_metadata(front.values(), self.parser.context) else { return };
        if self.images.iter().any(|other| other.src == image.src) {
            return;
        }
        let body_images = std::mem::take(&mut self.images);
        self.record_image(&image, front.position(field), true);
        self.images.extend(body_images);
    }

    /// Returns all findings.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        self.findings.append(&mut self.parser.findings);
        self.findings
    }

    /// Renders nodes in order. A node without output gives no block.
    fn render_nodes(&mut self, nodes: Vec<BodyNode>) -> Vec<Block> {
        nodes.into_iter().filter_map(|node| self.render_node(node)).collect()
    }

    fn render_node(&mut self, node: BodyNode) -> Option<Block> {
        match node {
            BodyNode::Markdown(run) => self.rich_text(run),
            BodyNode::Callout { label, children } => {
                let children = self.render_nodes(children);
                let id = self.unique_id("callout", &first_topic(&children).unwrap_or_else(|| label.clone()));
                Some(container_block(id, BlockKind::Callout { label }, children))
            }
            BodyNode::Shortcode(shortcode) => self.shortcode(shortcode),
        }
    }

    fn rich_text(&mut self, run: MarkdownRun) -> Option<Block> {
        let (content, heading, footnotes) = self.render_markdown(&run.text, run.line);
        let children: Vec<Block> =
            run.inline.into_iter().filter_map(|shortcode| self.render_inline_shortcode(shortcode)).collect();
        if content.html.is_empty() && children.is_empty() {
            return None;
        }
        let id = self.unique_id("text", &heading.unwrap_or_else(|| first_words(&content.text)));
        Some(Block { id, kind: BlockKind::RichText, own: content, footnotes, children })
    }

    /// Renders Markdown and records its headings, images and links. Returns the content, the text of the
    /// first heading, and the numbers of the notes that it references.
    fn render_markdown(&mut self, text: &str, line: u32) -> (RichText, Option<String>, Vec<u32>) {
        let prepared = self.prepare_run(&encode_spaced_paths(text), line);
        let defaults = self.parser.context.render_options();
        let options = RenderOptions { definitions: &prepared.definitions, ..defaults };
        let rendered = markdown::render(&prepared.text, options, &mut self.anchors);
        if rendered.exceeds_limits {
            let position = self.origin.unwrap_or(Position::line(line));
            self.findings.push(Finding::at(position, DiagnosticKind::MarkupTooDense));
        }
        let at = |own: u32| Position::line(line + own.saturating_sub(1));
        for warning in rendered.warnings {
            let position = self.origin.unwrap_or(at(warning.line));
            self.findings.push(Finding::at(position, warning.value));
        }
        for image in rendered.images {
            self.record_image(&image.value, at(image.line), false);
        }
        if !self.in_link {
            for link in rendered.links {
                self.record_link(link.value, at(link.line));
            }
        }
        let heading = rendered.headings.first().map(|heading| heading.text.clone());
        self.headings.extend(rendered.headings);
        let mut content = if self.in_link { strip_links(&rendered.content) } else { rendered.content };
        if !content.html.is_empty() {
            // The Markdown of a block stands alone, so it carries the definitions of its links.
            content.markdown.push_str(prepared.links.trim_end());
        }
        (content, heading, prepared.calls)
    }

    /// Records an image, its file reference, and a finding if the alternative text is missing.
    fn record_image(&mut self, image: &Image, position: Position, is_decorative: bool) {
        let position = self.origin.unwrap_or(position);
        if image.alt.is_none() && !is_decorative {
            self.findings
                .push(Finding::at(position, DiagnosticKind::ImageWithoutAlt { src: image.src.clone() }));
        }
        if let Some(file) = image.required_file() {
            self.references.push(Reference::at(position, ReferenceTarget::Image(file.clone())));
        }
        self.images.push(image.clone());
    }

    /// Records a link and its reference to a page or file.
    fn record_link(&mut self, link: Link, position: Position) {
        let position = self.origin.unwrap_or(position);
        let target = match &link.destination {
            Some(Destination::Page(page)) => Some(ReferenceTarget::Page(page.clone())),
            Some(Destination::File(file)) => Some(ReferenceTarget::File(file.clone())),
            Some(Destination::Url(url)) if link.kind == LinkKind::Anchor => {
                self.anchor_links.push((url.trim_start_matches('#').to_owned(), position));
                None
            }
            Some(Destination::Url(_)) | None => None,
        };
        self.references.extend(target.map(|target| Reference::at(position, target)));
        self.links.push(link);
    }

    /// Renders a shortcode inside a sentence. Its text is already part of the surrounding run.
    fn render_inline_shortcode(&mut self, shortcode: Shortcode) -> Option<Block> {
        let Shortcode { name, role, args, raw, position, children } = shortcode;
        if role == ShortcodeRole::Image {
            return self.image_block(&args, position);
        }
        if role == ShortcodeRole::Embed {
            return self.embed_block(&Shortcode { name, role, args, raw, position, children });
        }
        let own = children.iter().find_map(|child| match child {
            BodyNode::Markdown(run) => Some(&run.text),
            _ => None,
        });
        let own = own.map(|text| {
            markdown::render(text, self.parser.context.render_options(), &mut Anchorizer::default()).content
        });
        let id = self.unique_id(&name, "");
        let kind = BlockKind::Shortcode { name, args, raw };
        Some(Block { own: own.unwrap_or_default(), ..container_block(id, kind, Vec::new()) })
    }

    fn shortcode(&mut self, shortcode: Shortcode) -> Option<Block> {
        match shortcode.role {
            ShortcodeRole::Ignored => return None,
            ShortcodeRole::Image => return self.image_block(&shortcode.args, shortcode.position),
            ShortcodeRole::Embed => return self.embed_block(&shortcode),
            ShortcodeRole::Link => return self.link_block(shortcode),
            ShortcodeRole::Collection => return Some(self.collection(shortcode)),
            ShortcodeRole::Callout | ShortcodeRole::Layout | ShortcodeRole::Other => {}
        }
        let Shortcode { name, role, args, raw, position, children } = shortcode;
        for image in images_of_layout(&args, self.parser.context) {
            self.record_image(&image, position, true);
        }
        self.depth += 1;
        let mut blocks = self.render_nodes(children);
        if name.starts_with("section") {
            blocks.extend(self.json_blocks(&args, position));
        }
        self.depth -= 1;
        let id = self.unique_id(&name, &first_topic(&blocks).unwrap_or_default());
        let kind = match role {
            ShortcodeRole::Layout => BlockKind::Section { name, args },
            _ => BlockKind::Shortcode { name, args, raw },
        };
        Some(container_block(id, kind, blocks))
    }

    /// Renders the argument `blocks=[{"value":"…","type":"markdown"}]` to one block per entry.
    fn json_blocks(&mut self, args: &Map<String, Value>, position: Position) -> Vec<Block> {
        let listed = args.get("blocks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut blocks = Vec::new();
        // Lines inside the argument do not exist in the document, so findings get the position of the
        // shortcode.
        let outer = self.origin;
        let origin = outer.unwrap_or(position);
        self.origin = Some(origin);
        for entry in listed {
            let Some(value) = entry.get("value").and_then(Value::as_str) else { continue };
            let count_before = self.parser.findings.len();
            let mut nodes = self.parser.parse(&strip_placeholders(value), 1, self.depth);
            self.definitions.collect(&mut nodes, &mut self.parser.findings);
            for finding in &mut self.parser.findings[count_before..] {
                finding.position = Some(origin);
            }
            let mut inner_blocks = self.render_nodes(nodes);
            if inner_blocks.len() == 1 {
                blocks.append(&mut inner_blocks);
            } else if !inner_blocks.is_empty() {
                let id = self.unique_id("block", &first_topic(&inner_blocks).unwrap_or_default());
                let kind = BlockKind::Section { name: "block".to_owned(), args: Map::new() };
                blocks.push(container_block(id, kind, inner_blocks));
            }
        }
        self.origin = outer;
        blocks
    }

    fn image_block(&mut self, args: &Map<String, Value>, position: Position) -> Option<Block> {
        let Some(image) = image_from_arguments(args, self.parser.context) else {
            self.findings
                .push(Finding::at(self.origin.unwrap_or(position), DiagnosticKind::ImageWithoutSource));
            return None;
        };
        self.record_image(&image, position, is_decorative(args));
        for other in other_sources(args, &image, self.parser.context) {
            self.record_image(&other, position, true);
        }
        let own =
            placeholder_rich_text(&Placeholder::Image(Box::new(image.clone())), ("<figure>", "</figure>"));
        let name = image.src.rsplit('/').next().unwrap_or_default();
        let id = self.unique_id("image", name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        Some(Block { own, ..container_block(id, BlockKind::Image(image), Vec::new()) })
    }

    /// Renders a block link: to a paragraph if its content is one sentence, and to a container otherwise.
    fn link_block(&mut self, shortcode: Shortcode) -> Option<Block> {
        let Shortcode { args, position, children, .. } = shortcode;
        let link = LinkArguments::read(&args, self.parser.context);
        if let Some(warning) = &link.warning {
            self.findings.push(Finding::at(self.origin.unwrap_or(position), warning.clone()));
        }
        let Some(opening) = link.link_start().filter(|_| !self.in_link) else {
            if !self.in_link {
                self.findings
                    .push(Finding::at(self.origin.unwrap_or(position), DiagnosticKind::LinkWithoutTarget));
            }
            let inner_blocks = self.render_nodes(children);
            let id = self.unique_id("link", "");
            let kind = BlockKind::Section { name: "link".to_owned(), args };
            return (!inner_blocks.is_empty()).then(|| container_block(id, kind, inner_blocks));
        };
        let topic = match &opening.destination {
            Destination::Page(page) => page.key.to_string(),
            Destination::Url(url) => url.trim_start_matches("https://").to_owned(),
            Destination::File(file) => file.stem().to_owned(),
        };
        let id = self.unique_id("link", &topic);
        if let Some(mut sentence) = self.as_single_sentence(&children) {
            if sentence.trim().is_empty() {
                sentence = default_label(&opening.destination);
            }
            let text = format!(
                "{}{}{}",
                Placeholder::LinkStart(opening).encode(),
                sentence.trim(),
                Placeholder::LinkEnd.encode()
            );
            let count_before = self.links.len();
            let (own, _, footnotes) = self.render_markdown(&text, position.line);
            let kind = self.links.get(count_before).cloned().map_or(BlockKind::RichText, BlockKind::Link);
            let children = children.into_iter().filter_map(|node| match node {
                BodyNode::Shortcode(image) => self.image_block(&image.args, image.position),
                BodyNode::Markdown(_) | BodyNode::Callout { .. } => None,
            });
            let children = children.collect();
            return Some(Block { id, kind, own, footnotes, children });
        }
        let (kind, destination) = (link.kind, link.destination);
        self.in_link = true;
        let children = self.render_nodes(children);
        self.in_link = false;
        let label = RichText::join(&children).text;
        let label = strip_placeholders(&label).split_whitespace().collect::<Vec<_>>().join(" ");
        let new_window = link.new_window;
        let link = Link { kind, destination, label, new_window, is_broken_anchor: false };
        self.record_link(link.clone(), position);
        Some(container_block(id, BlockKind::Link(link), children))
    }

    /// Returns the content of a link as one line of Markdown. `None` if it is more than one sentence.
    fn as_single_sentence(&self, children: &[BodyNode]) -> Option<String> {
        let mut sentence = String::new();
        for node in children {
            sentence.push(' ');
            match node {
                BodyNode::Markdown(run) if !run.text.trim().contains("\n\n") && run.inline.is_empty() => {
                    sentence.push_str(run.text.trim());
                }
                BodyNode::Shortcode(image) if image.role == ShortcodeRole::Image => {
                    let image = image_from_arguments(&image.args, self.parser.context)?;
                    sentence.push_str(&Placeholder::Image(Box::new(image)).encode());
                }
                _ => return None,
            }
        }
        // These characters start a heading, a list or another block.
        let is_plain = !sentence.trim_start().starts_with(['#', '-', '>', '|', '+', '`', '~']);
        is_plain.then_some(sentence)
    }

    fn collection(&mut self, shortcode: Shortcode) -> Block {
        let Shortcode { name, args, raw, position, children, .. } = shortcode;
        let (collection, unknown) = collection::read(&args, self.parser.context.lang);
        for option in unknown {
            let kind = DiagnosticKind::UnknownCollectionOption { option };
            self.findings.push(Finding::at(self.origin.unwrap_or(position), kind));
        }
        let children = self.render_nodes(children);
        // The collection renders to links, which must not be nested in a link.
        let Some(collection) = collection.filter(|_| !self.in_link) else {
            let id = self.unique_id("collection", "");
            return container_block(id, BlockKind::Shortcode { name, args, raw }, children);
        };
        let id = self.unique_id("collection", &collection.name);
        let own = placeholder_rich_text(&Placeholder::PageList(collection.clone()), ("", ""));
        let kind = BlockKind::Collection { collection, args };
        let list = Block { own, ..container_block(id, kind, Vec::new()) };
        if children.is_empty() {
            return list;
        }
        // The content of the shortcode precedes the list.
        let id = self.unique_id("block", "");
        let kind = BlockKind::Section { name: "block".to_owned(), args: Map::new() };
        container_block(id, kind, children.into_iter().chain([list]).collect())
    }

    /// Returns a unique block id of kind and topic, for example `text-horaires`. A repeated id is numbered
    /// from 2: `text-horaires~2`.
    fn unique_id(&mut self, kind: &str, topic: &str) -> String {
        let topic: String = slugify(topic).chars().take(MAX_ID_CHARACTERS).collect();
        let name =
            [kind, topic.trim_matches('-')].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
        let name = name.join("-");
        let count = self.ids.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}~{count}") }
    }
}

fn container_block(id: String, kind: BlockKind, children: Vec<Block>) -> Block {
    Block { id, kind, own: RichText::default(), footnotes: Vec::new(), children }
}

/// Returns the topic of the first block whose id contains one.
fn first_topic(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| {
        let (_, topic) = block.id.split_once('-')?;
        Some(topic.split('~').next().unwrap_or(topic).to_owned())
    })
}

/// Removes links from rendered content and keeps their text. Used for content inside another link.
fn strip_links(content: &RichText) -> RichText {
    let mut html = String::with_capacity(content.html.len());
    let mut rest = content.html.as_str();
    while let Some(at) = rest.find("<a ") {
        html.push_str(&rest[..at]);
        // The renderer escapes `>` in attributes, so the next `>` ends the tag.
        rest = rest[at..].split_once('>').map_or("", |(_, after)| after);
    }
    html.push_str(rest);
    let without_link_placeholders = |text: &str| -> String {
        let visible = segments(text).into_iter().map(|segment| match segment {
            TextSegment::Placeholder(Placeholder::LinkStart(_) | Placeholder::LinkEnd, _) => "",
            TextSegment::Placeholder(_, text) | TextSegment::Text(text) => text,
        });
        visible.collect()
    };
    RichText {
        html: without_link_placeholders(&html.replace("</a>", "")),
        text: without_link_placeholders(&content.text),
        markdown: without_link_placeholders(&content.markdown),
    }
}

/// Returns the first words of a text, as the topic of a block without a heading.
fn first_words(text: &str) -> String {
    const MAX_WORDS: usize = 4;
    strip_placeholders(text).split_whitespace().take(MAX_WORDS).collect::<Vec<_>>().join(" ")
}

/// Returns a placeholder as HTML (between the two tags), text and Markdown.
fn placeholder_rich_text(placeholder: &Placeholder, html: (&str, &str)) -> RichText {
    let encoded = placeholder.encode();
    let html = format!("{}{encoded}{}", html.0, html.1);
    RichText { html, text: encoded.clone(), markdown: encoded }.fill_local_placeholders()
}
