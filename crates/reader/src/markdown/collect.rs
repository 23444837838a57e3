//! Collects the links of a parsed Markdown tree.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeValue};
use passerelle_model::page::{Destination, Link, LinkKind};
use passerelle_model::placeholder::{LinkStart, Placeholder, TextSegment, segments};
use passerelle_text::fold::collapse_whitespace;

use super::{WithLine, html_tag};
use crate::source::saturating_u32;

/// Returns the links in document order. Most links of the tree are pairs of placeholders.
pub(super) fn collect_links(root: Node<'_>) -> Vec<WithLine<Link>> {
    let mut links = Vec::new();
    let mut open: Option<WithLine<Link>> = None;
    for edge in root.traverse() {
        let node = match edge {
            NodeEdge::Start(node) => node,
            NodeEdge::End(node) => {
                if matches!(node.data().value, NodeValue::Link(_)) {
                    links.extend(open.take());
                }
                continue;
            }
        };
        let placeholder = match &node.data().value {
            NodeValue::Text(text) => Placeholder::parse(text),
            _ => None,
        };
        if let Some(placeholder) = placeholder {
            match placeholder {
                Placeholder::LinkStart(LinkStart { kind, destination, new_window }) => {
                    let value = unlabelled(kind, destination, new_window);
                    let line = saturating_u32(node.data().sourcepos.start.line);
                    open = Some(WithLine { value, line });
                }
                Placeholder::LinkEnd => links.extend(open.take()),
                Placeholder::Image(image) => push_label(&mut open, &image.alt.unwrap_or_default()),
                Placeholder::PageTitle(_) | Placeholder::PageList(_) => {}
            }
            continue;
        }
        let data = node.data();
        match &data.value {
            NodeValue::Link(link) => {
                let destination = Destination::Url(link.url.clone());
                let value = unlabelled(LinkKind::External, destination, false);
                open = Some(WithLine { value, line: saturating_u32(data.sourcepos.start.line) });
            }
            NodeValue::Text(text) => push_label(&mut open, text),
            NodeValue::HtmlBlock(block) => {
                collect_from_html(&block.literal, saturating_u32(data.sourcepos.start.line), &mut links);
            }
            NodeValue::Code(code) => push_label(&mut open, &code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => push_label(&mut open, " "),
            _ => {}
        }
    }
    for link in &mut links {
        link.value.label = collapse_whitespace(&link.value.label);
    }
    links
}

/// Returns a link whose label is yet to be read.
fn unlabelled(kind: LinkKind, destination: Destination, new_window: bool) -> Link {
    Link { kind, destination: Some(destination), label: String::new(), new_window, is_broken_anchor: false }
}

/// Collects the links of a block of raw HTML, in which links are placeholders.
fn collect_from_html(html: &str, line: u32, links: &mut Vec<WithLine<Link>>) {
    let mut open: Option<WithLine<Link>> = None;
    for segment in segments(html) {
        match segment {
            TextSegment::Text(text) => {
                if open.is_some() {
                    push_label(&mut open, &html_tag::paragraphs(text).join(" "));
                }
            }
            TextSegment::Placeholder(Placeholder::LinkStart(opening), _) => {
                let LinkStart { kind, destination, new_window } = opening;
                let value = unlabelled(kind, destination, new_window);
                open = Some(WithLine { value, line });
            }
            TextSegment::Placeholder(Placeholder::LinkEnd, _) => links.extend(open.take()),
            TextSegment::Placeholder(Placeholder::Image(image), _) => {
                push_label(&mut open, &image.alt.unwrap_or_default());
            }
            TextSegment::Placeholder(..) => {}
        }
    }
}

fn push_label(open: &mut Option<WithLine<Link>>, text: &str) {
    if let Some(link) = open {
        link.value.label.push_str(text);
    }
}
