//! Collects the links of a parsed Markdown tree.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{Node, NodeValue};
use passerelle_model::page::{Destination, Link, LinkKind};
use passerelle_model::placeholder::{LinkStart, Placeholder};
use passerelle_text::fold::collapse_whitespace;

use super::{WithLine, safe_url};
use crate::source::saturating_u32;

/// Returns the links in document order: Markdown links and links in the form of placeholders. `folder`
/// resolves relative addresses.
pub(super) fn collect_links(root: Node<'_>, folder: &str) -> Vec<WithLine<Link>> {
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
                    let line = saturating_u32(node.data().sourcepos.start.line);
                    let destination = Some(destination);
                    open = Some(WithLine {
                        value: Link { kind, destination, label: String::new(), new_window },
                        line,
                    });
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
                let destination = safe_url(&link.url).map(|url| Destination::Url(url.to_owned()));
                let value = Link {
                    kind: LinkKind::of(&link.url, folder),
                    destination,
                    label: String::new(),
                    new_window: false,
                };
                open = Some(WithLine { value, line: saturating_u32(data.sourcepos.start.line) });
            }
            NodeValue::Text(text) => push_label(&mut open, text),
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

fn push_label(open: &mut Option<WithLine<Link>>, text: &str) {
    if let Some(link) = open {
        link.value.label.push_str(text);
    }
}
