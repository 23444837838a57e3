//! Parts of a body as blocks, rendered.

use std::collections::HashMap;

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::page::{Block, BlockKind, Destination, Image, Link, LinkKind};
use passerelle_model::position::Position;
use passerelle_model::reference::{Reference, Target};
use passerelle_model::rich_text::RichText;
use passerelle_model::slot::{Piece, Slot, pieces, without_slots};
use passerelle_text::fold::slugify;
use serde_json::{Map, Value};

use super::collection;
use super::footnotes;
use super::link::{LinkArguments, Place, default_label, image_of, is_decoration};
use super::part::{Part, Run, Shortcode};
use super::tree::Reader;
use super::vocabulary::Role;
use crate::markdown;
use crate::markdown::{Anchors, RenderedHeading};

/// What a block is about is cut there in its id: it is a name, not the text.
const ID_CHARACTERS: usize = 48;

/// Renders the parts of one page: anchors and ids are unique across all of it.
pub(super) struct Renderer<'a> {
    reader: Reader<'a>,
    anchors: Anchors,
    ids: HashMap<String, u32>,
    /// The headings so far, in document order.
    pub(super) headings: Vec<RenderedHeading>,
    /// The images so far, in document order.
    pub(super) images: Vec<Image>,
    /// The links so far, in document order.
    pub(super) links: Vec<Link>,
    /// What the page counts on in other files.
    pub(super) references: Vec<Reference>,
    findings: Vec<Finding>,
    /// Links to places of this page, which are known when all of it is rendered.
    places: Vec<(String, Position)>,
    /// Where what is rendered stands in the document, when its own lines are not those of the document.
    origin: Option<Position>,
    /// Whether what is rendered stands in a link.
    in_link: bool,
    depth: usize,
}

impl<'a> Renderer<'a> {
    /// A renderer of a page of this size in bytes.
    pub(super) fn new(place: Place<'a>, size: usize) -> Self {
        // What editors wrote may be kept twice over beside what it became.
        let reader = Reader { place, findings: Vec::new(), raw_budget: 2 * size };
        Self {
            reader,
            anchors: Anchors::default(),
            ids: HashMap::new(),
            headings: Vec::new(),
            images: Vec::new(),
            links: Vec::new(),
            references: Vec::new(),
            findings: Vec::new(),
            places: Vec::new(),
            origin: None,
            in_link: false,
            depth: 0,
        }
    }

    /// Reads a body and renders it.
    pub(super) fn body(&mut self, body: &str, first_line: u32) -> Vec<Block> {
        // No text has a character of those that slots are written in.
        let body = without_slots(body);
        let mut parts = self.reader.read(&body, first_line, 0);
        footnotes::bring(&mut parts);
        self.blocks(parts)
    }

    /// What was found on the way.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        for (anchor, position) in std::mem::take(&mut self.places) {
            if !self.anchors.has(&anchor) && !anchor.is_empty() && !anchor.starts_with("fn") {
                let slug = slugify(&anchor);
                let nearest = if self.anchors.has(&slug) { Some(slug) } else { None };
                self.findings
                    .push(Finding::at(position, Fault::BrokenAnchor { anchor, page: None, nearest }));
            }
        }
        self.findings.append(&mut self.reader.findings);
        self.findings
    }

    /// Renders parts in order. Those that say nothing leave no block.
    fn blocks(&mut self, parts: Vec<Part>) -> Vec<Block> {
        parts.into_iter().filter_map(|part| self.block(part)).collect()
    }

    fn block(&mut self, part: Part) -> Option<Block> {
        match part {
            Part::Markdown(run) => self.rich_text(run),
            Part::Callout { label, children } => {
                let children = self.blocks(children);
                let id = self.id("callout", &about(&children).unwrap_or_else(|| label.clone()));
                Some(container(id, BlockKind::Callout { label }, children))
            }
            Part::Shortcode(shortcode) => self.shortcode(shortcode),
        }
    }

    fn rich_text(&mut self, run: Run) -> Option<Block> {
        let (content, heading) = self.run(&run.text, run.line);
        let children = run.inline.into_iter().filter_map(|shortcode| self.inline(shortcode)).collect();
        if content.html.is_empty() {
            return None;
        }
        let id = self.id("text", &heading.unwrap_or_else(|| first_words(&content.text)));
        Some(Block { id, kind: BlockKind::RichText, own: content, children })
    }

    /// Renders Markdown and keeps what stands in it. Returns it with the text of its first heading.
    fn run(&mut self, text: &str, line: u32) -> (RichText, Option<String>) {
        let rendered = markdown::render(text, self.reader.place.setting(), &mut self.anchors);
        if rendered.is_plain {
            let position = self.origin.unwrap_or(Position::line(line));
            self.findings.push(Finding::at(position, Fault::TooMuchMarkup));
        }
        let at = |own: u32| Position::line(line + own.saturating_sub(1));
        for image in rendered.images {
            self.image(&image.what, at(image.line), false);
        }
        if !self.in_link {
            for link in rendered.links {
                self.link(link.what, at(link.line));
            }
        }
        let heading = rendered.headings.first().map(|heading| heading.text.clone());
        self.headings.extend(rendered.headings);
        let content = if self.in_link { without_links(&rendered.content) } else { rendered.content };
        (content, heading)
    }

    /// Notes an image.
    fn image(&mut self, image: &Image, position: Position, is_decoration: bool) {
        let position = self.origin.unwrap_or(position);
        if image.alt.is_none() && !is_decoration {
            self.findings.push(Finding::at(position, Fault::ImageWithoutAlt { src: image.src.clone() }));
        }
        if let Some(file) = &image.file {
            self.references.push(Reference::at(position, Target::Image(file.clone())));
        }
        self.images.push(image.clone());
    }

    /// Notes a link.
    fn link(&mut self, link: Link, position: Position) {
        let position = self.origin.unwrap_or(position);
        let target = match &link.destination {
            Some(Destination::Page(page)) => Some(Target::Page(page.clone())),
            Some(Destination::File(file)) => Some(Target::File(file.clone())),
            Some(Destination::Url(url)) if link.kind == LinkKind::Anchor => {
                self.places.push((url.trim_start_matches('#').to_owned(), position));
                None
            }
            Some(Destination::Url(_)) | None => None,
        };
        self.references.extend(target.map(|target| Reference::at(position, target)));
        self.links.push(link);
    }

    /// An image or a shortcode in a sentence, whose words are the sentence's.
    fn inline(&mut self, shortcode: Shortcode) -> Option<Block> {
        let Shortcode { name, role, args, raw, position, children } = shortcode;
        if role == Role::Image {
            return self.image_block(&args, position);
        }
        let own = children.iter().find_map(|child| match child {
            Part::Markdown(run) => Some(&run.text),
            _ => None,
        });
        let own = own
            .map(|text| markdown::render(text, self.reader.place.setting(), &mut Anchors::default()).content);
        let id = self.id(&name, "");
        let kind = BlockKind::Shortcode { name, args, raw };
        Some(Block { id, kind, own: own.unwrap_or_default(), children: Vec::new() })
    }

    fn shortcode(&mut self, shortcode: Shortcode) -> Option<Block> {
        match shortcode.role {
            Role::Silent => return None,
            Role::Image => return self.image_block(&shortcode.args, shortcode.position),
            Role::Link => return self.link_block(shortcode),
            Role::Collection => return Some(self.collection(shortcode)),
            Role::Callout | Role::Layout | Role::Other => {}
        }
        let Shortcode { name, role, args, raw, position, children } = shortcode;
        self.depth += 1;
        let mut blocks = self.blocks(children);
        if name.starts_with("section") {
            blocks.extend(self.json_blocks(&args, position));
        }
        self.depth -= 1;
        let id = self.id(&name, &about(&blocks).unwrap_or_default());
        let kind = match role {
            Role::Layout => BlockKind::Section { name, args },
            _ => BlockKind::Shortcode { name, args, raw },
        };
        Some(container(id, kind, blocks))
    }

    /// `blocks=[{"value":"…","type":"markdown"}]`: each is one block, whatever it holds.
    fn json_blocks(&mut self, args: &Map<String, Value>, position: Position) -> Vec<Block> {
        let listed = args.get("blocks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut blocks = Vec::new();
        // The text has no lines of its own in the document: everything in it stands where its shortcode does.
        let outer = self.origin;
        let origin = outer.unwrap_or(position);
        self.origin = Some(origin);
        for entry in listed {
            let Some(value) = entry.get("value").and_then(Value::as_str) else { continue };
            let known = self.reader.findings.len();
            let mut parts = self.reader.read(&without_slots(value), 1, self.depth);
            for finding in &mut self.reader.findings[known..] {
                finding.position = Some(origin);
            }
            footnotes::bring(&mut parts);
            let mut inside = self.blocks(parts);
            if inside.len() == 1 {
                blocks.append(&mut inside);
            } else if !inside.is_empty() {
                let id = self.id("block", &about(&inside).unwrap_or_default());
                let kind = BlockKind::Section { name: "block".to_owned(), args: Map::new() };
                blocks.push(container(id, kind, inside));
            }
        }
        self.origin = outer;
        blocks
    }

    fn image_block(&mut self, args: &Map<String, Value>, position: Position) -> Option<Block> {
        let Some(image) = image_of(args, self.reader.place) else {
            self.findings.push(Finding::at(self.origin.unwrap_or(position), Fault::ImageWithoutSource));
            return None;
        };
        self.image(&image, position, is_decoration(args));
        let own = standing(&Slot::Image(Box::new(image.clone())), ("<figure>", "</figure>"));
        let name = image.src.rsplit('/').next().unwrap_or_default();
        let id = self.id("image", name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        Some(Block { id, kind: BlockKind::Image(image), own, children: Vec::new() })
    }

    /// A link on its own: a sentence of nothing else; around more than that, a container.
    fn link_block(&mut self, shortcode: Shortcode) -> Option<Block> {
        let Shortcode { args, position, children, .. } = shortcode;
        let link = LinkArguments::read(&args, self.reader.place);
        let Some(opening) = link.opening().filter(|_| !self.in_link) else {
            if !self.in_link {
                self.findings.push(Finding::at(self.origin.unwrap_or(position), Fault::LinkWithoutTarget));
            }
            let inside = self.blocks(children);
            let id = self.id("link", "");
            let kind = BlockKind::Section { name: "link".to_owned(), args };
            return (!inside.is_empty()).then(|| container(id, kind, inside));
        };
        let about_link = match &opening.destination {
            Destination::Page(page) => page.key.clone(),
            Destination::Url(url) => url.trim_start_matches("https://").to_owned(),
            Destination::File(file) => file.stem().to_owned(),
        };
        let id = self.id("link", &about_link);
        if let Some(mut sentence) = self.sentence(&children) {
            if sentence.trim().is_empty() {
                sentence = default_label(&opening.destination);
            }
            let text = format!("{}{}{}", Slot::Open(opening).encode(), sentence.trim(), Slot::Close.encode());
            let known = self.links.len();
            let (own, _) = self.run(&text, position.line);
            let kind = self.links.get(known).cloned().map_or(BlockKind::RichText, BlockKind::Link);
            let children = children.into_iter().filter_map(|part| match part {
                Part::Shortcode(image) => self.image_block(&image.args, image.position),
                Part::Markdown(_) | Part::Callout { .. } => None,
            });
            let children = children.collect();
            return Some(Block { id, kind, own, children });
        }
        let (kind, destination) = (link.kind, link.destination);
        self.in_link = true;
        let children = self.blocks(children);
        self.in_link = false;
        let label = RichText::join(&children).text;
        let label = without_slots(&label).split_whitespace().collect::<Vec<_>>().join(" ");
        let link = Link { kind, destination, label, new_window: link.new_window };
        self.link(link.clone(), position);
        Some(container(id, BlockKind::Link(link), children))
    }

    /// The words and images in a link as one sentence, where they are no more than that.
    fn sentence(&self, children: &[Part]) -> Option<String> {
        let mut sentence = String::new();
        for part in children {
            sentence.push(' ');
            match part {
                Part::Markdown(run) if !run.text.trim().contains("\n\n") && run.inline.is_empty() => {
                    sentence.push_str(run.text.trim());
                }
                Part::Shortcode(image) if image.role == Role::Image => {
                    let image = image_of(&image.args, self.reader.place)?;
                    sentence.push_str(&Slot::Image(Box::new(image)).encode());
                }
                _ => return None,
            }
        }
        // What begins a heading or a list is no sentence.
        let is_plain = !sentence.trim_start().starts_with(['#', '-', '>', '|', '+', '`', '~']);
        is_plain.then_some(sentence)
    }

    fn collection(&mut self, shortcode: Shortcode) -> Block {
        let Shortcode { name, args, raw, position, children, .. } = shortcode;
        let (collection, unknown) = collection::read(&args, self.reader.place.lang);
        for what in unknown {
            let fault = Fault::CollectionUnknown { what };
            self.findings.push(Finding::at(self.origin.unwrap_or(position), fault));
        }
        let children = self.blocks(children);
        // A list of links stands in no link.
        let Some(collection) = collection.filter(|_| !self.in_link) else {
            let id = self.id("collection", "");
            return container(id, BlockKind::Shortcode { name, args, raw }, children);
        };
        let id = self.id("collection", &collection.name);
        let own = standing(&Slot::List(collection.clone()), ("", ""));
        let list = Block { id, kind: BlockKind::Collection { collection, args }, own, children: Vec::new() };
        if children.is_empty() {
            return list;
        }
        // What an editor put around or below the list is read too.
        let id = self.id("block", "");
        let kind = BlockKind::Section { name: "block".to_owned(), args: Map::new() };
        container(id, kind, children.into_iter().chain([list]).collect())
    }

    /// A name for a block: what it is and what it is about, numbered from 2 where it recurs.
    fn id(&mut self, kind: &str, about: &str) -> String {
        let about: String = slugify(about).chars().take(ID_CHARACTERS).collect();
        let name =
            [kind, about.trim_matches('-')].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let name = name.join("-");
        let count = self.ids.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}~{count}") }
    }
}

fn container(id: String, kind: BlockKind, children: Vec<Block>) -> Block {
    Block { id, kind, own: RichText::default(), children }
}

/// What blocks are about: the first of them that says.
fn about(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| {
        let (_, about) = block.id.split_once('-')?;
        Some(about.split('~').next().unwrap_or(about).to_owned())
    })
}

/// A text without its links, for one that stands in a link itself. The words stay.
fn without_links(content: &RichText) -> RichText {
    let mut html = String::with_capacity(content.html.len());
    let mut rest = content.html.as_str();
    while let Some(at) = rest.find("<a ") {
        html.push_str(&rest[..at]);
        // No attribute has a bare `>`: the renderer escaped it.
        rest = rest[at..].split_once('>').map_or("", |(_, after)| after);
    }
    html.push_str(rest);
    let unlinked = |text: &str| -> String {
        let kept = pieces(text).into_iter().map(|piece| match piece {
            Piece::Slot(Slot::Open(_) | Slot::Close, _) => "",
            Piece::Slot(_, text) | Piece::Words(text) => text,
        });
        kept.collect()
    };
    RichText {
        html: unlinked(&html.replace("</a>", "")),
        text: unlinked(&content.text),
        markdown: unlinked(&content.markdown),
    }
}

/// The words that a text without a heading is known by.
fn first_words(text: &str) -> String {
    const WORDS: usize = 4;
    without_slots(text).split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ")
}

/// A slot that stands alone, in the three forms.
fn standing(slot: &Slot, html: (&str, &str)) -> RichText {
    let encoded = slot.encode();
    let html = format!("{}{encoded}{}", html.0, html.1);
    RichText { html, text: encoded.clone(), markdown: encoded }.settled()
}
