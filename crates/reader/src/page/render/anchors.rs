//! Resolves the links to headings of their own page after all headings are rendered.

use std::collections::HashMap;

use passerelle_model::asset::decode_path;
use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::page::{Anchor, Block, BlockKind, Destination, Link, LinkKind};
use passerelle_text::fold::{fold, nearest, slugify, slugify_german};

use super::Renderer;

impl Renderer<'_> {
    /// Replaces anchors that are the words of a heading (`#Été`) by the anchor of that heading (`#ete`), and
    /// reports the anchors that no heading has.
    pub(super) fn resolve_anchors(&mut self, blocks: &mut [Block]) {
        let mut resolved: HashMap<String, Option<Anchor>> = HashMap::new();
        for (anchor, position) in std::mem::take(&mut self.anchor_links) {
            let words = decode_path(&anchor).unwrap_or_else(|| anchor.clone());
            if words.is_empty() || words.starts_with("fn") || self.anchors.contains(&words) {
                continue;
            }
            let found = self.anchor_of(&words);
            if found.is_none() {
                let texts = self.headings.iter().map(|heading| heading.text.as_str());
                let nearest = nearest(&words, texts).map(str::to_owned);
                let kind = DiagnosticKind::BrokenAnchor { anchor: words, nearest };
                self.findings.push(Finding::at(position, kind));
            }
            resolved.insert(anchor, found);
        }
        if resolved.is_empty() {
            return;
        }
        self.links.iter_mut().for_each(|link| resolve_link(link, &resolved));
        resolve_blocks(blocks, &resolved);
    }

    /// Returns the anchor of the heading with these words.
    fn anchor_of(&self, words: &str) -> Option<Anchor> {
        let slug = slugify(words);
        if !slug.is_empty() && self.anchors.contains(&slug) {
            return Some(Anchor::new(slug));
        }
        let folded = fold(words);
        let is_heading =
            |text: &str| fold(text) == folded || (!slug.is_empty() && slugify_german(text) == slug);
        let heading = self.headings.iter().find(|heading| is_heading(&heading.text));
        heading.map(|heading| heading.anchor.clone())
    }
}

fn resolve_link(link: &mut Link, resolved: &HashMap<String, Option<Anchor>>) {
    let Some(Destination::Url(url)) = &mut link.destination else { return };
    if link.kind != LinkKind::Anchor {
        return;
    }
    match resolved.get(url.trim_start_matches('#')) {
        Some(Some(anchor)) => *url = format!("#{anchor}"),
        Some(None) => link.is_broken_anchor = true,
        None => {}
    }
}

fn resolve_blocks(blocks: &mut [Block], resolved: &HashMap<String, Option<Anchor>>) {
    for block in blocks {
        if let BlockKind::Link(link) = &mut block.kind {
            resolve_link(link, resolved);
        }
        block.own.html = replace_anchors(&block.own.html, "href=\"#", "\"", resolved);
        block.own.markdown = replace_anchors(&block.own.markdown, "](#", ")", resolved);
        block.own.markdown = replace_anchors(&block.own.markdown, "](<#", ">)", resolved);
        resolve_blocks(&mut block.children, resolved);
    }
}

/// Replaces the anchors between `start` and `end` in one pass.
fn replace_anchors(text: &str, start: &str, end: &str, resolved: &HashMap<String, Option<Anchor>>) -> String {
    let mut output = String::with_capacity(text.len());
    let mut parts = text.split(start);
    output.push_str(parts.next().unwrap_or_default());
    for part in parts {
        output.push_str(start);
        let (anchor, rest) = part.split_at(part.find(end).unwrap_or(part.len()));
        output.push_str(resolved.get(anchor).and_then(Option::as_ref).map_or(anchor, Anchor::as_str));
        output.push_str(rest);
    }
    output
}
