//! Replaces images and links to local files by placeholders, because their output depends on other files.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};
use passerelle_model::asset::resolve_asset_path;
use passerelle_model::page::{Destination, Image, LinkKind};
use passerelle_model::placeholder::{LinkStart, Placeholder, strip_placeholders};

use super::replace_with_children::replace_with_children;
use super::{WithLine, plain_text};
use crate::source::saturating_u32;

/// Replaces images and links to local files by placeholders. Returns the images in document order.
///
/// Relative addresses are resolved against `folder`.
pub(super) fn insert_placeholders<'a>(
    arena: &'a Arena<'a>,
    nodes: &[Node<'a>],
    folder: &str,
) -> Vec<WithLine<Image>> {
    let placeholder_node = |placeholder: &Placeholder, like: Node<'a>| {
        let node = arena.alloc(AstNode::from(NodeValue::Text(placeholder.encode().into())));
        node.data_mut().sourcepos = like.data().sourcepos;
        node
    };
    let mut images = Vec::new();
    for node in nodes {
        if node.parent().is_none() {
            continue;
        }
        let value = match &node.data().value {
            NodeValue::Link(link) => Some((false, strip_placeholders(&link.url))),
            NodeValue::Image(image) => Some((true, strip_placeholders(&image.url))),
            _ => None,
        };
        match value {
            Some((true, src)) => {
                let alt = strip_placeholders(&plain_text::node_text(node));
                let alt = (!alt.is_empty()).then_some(alt);
                let image =
                    Image { file: resolve_asset_path(&src, folder), src, alt, width: None, height: None };
                node.insert_before(placeholder_node(&Placeholder::Image(Box::new(image.clone())), node));
                node.detach();
                images
                    .push(WithLine { value: image, line: saturating_u32(node.data().sourcepos.start.line) });
            }
            Some((false, url)) => {
                if let Some(file) = resolve_asset_path(&url, folder) {
                    let destination = Destination::File(file);
                    let opening = LinkStart { kind: LinkKind::File, destination, new_window: false };
                    node.insert_before(placeholder_node(&Placeholder::LinkStart(opening), node));
                    node.insert_after(placeholder_node(&Placeholder::LinkEnd, node));
                    replace_with_children(node);
                }
            }
            None => {}
        }
    }
    images
}
