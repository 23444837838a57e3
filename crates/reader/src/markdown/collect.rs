//! The links of a rendered tree.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeValue};
use passerelle_model::page::{Destination, Link, LinkKind};
use passerelle_model::slot::{Opening, Slot};
use passerelle_text::fold::tidy;

use super::{OnLine, safe_url};
use crate::source::saturate;

/// The links of a tree, in document order, whether written in Markdown or as slots.
pub(super) fn links(root: Node<'_>, folder: &str) -> Vec<OnLine<Link>> {
    let mut links = Vec::new();
    let mut open: Option<OnLine<Link>> = None;
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
        let slot = match &node.data().value {
            NodeValue::Text(text) => Slot::written(text),
            _ => None,
        };
        if let Some(slot) = slot {
            match slot {
                Slot::Open(Opening { kind, destination, new_window }) => {
                    let line = saturate(node.data().sourcepos.start.line);
                    let destination = Some(destination);
                    open = Some(OnLine {
                        what: Link { kind, destination, label: String::new(), new_window },
                        line,
                    });
                }
                Slot::Close => links.extend(open.take()),
                Slot::Image(image) => say(&mut open, &image.alt.unwrap_or_default()),
                Slot::Name(_) | Slot::List(_) => {}
            }
            continue;
        }
        let data = node.data();
        match &data.value {
            NodeValue::Link(link) => {
                let destination = safe_url(&link.url).map(|url| Destination::Url(url.to_owned()));
                let what = Link {
                    kind: LinkKind::of(&link.url, folder),
                    destination,
                    label: String::new(),
                    new_window: false,
                };
                open = Some(OnLine { what, line: saturate(data.sourcepos.start.line) });
            }
            NodeValue::Text(text) => say(&mut open, text),
            NodeValue::Code(code) => say(&mut open, &code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => say(&mut open, " "),
            _ => {}
        }
    }
    for link in &mut links {
        link.what.label = tidy(&link.what.label);
    }
    links
}

fn say(open: &mut Option<OnLine<Link>>, words: &str) {
    if let Some(link) = open {
        link.what.label.push_str(words);
    }
}
