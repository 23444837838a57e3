//! Images, and links to files beside the documents: slots take their place.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};
use passerelle_model::asset::file_of;
use passerelle_model::page::{Destination, Image, LinkKind};
use passerelle_model::slot::{Opening, Slot, without_slots};

use super::unwrap::unwrap;
use super::{OnLine, text};
use crate::source::saturate;

/// Puts slots in the place of images and of links to files beside the documents. Returns the images.
pub(super) fn place<'a>(arena: &'a Arena<'a>, nodes: &[Node<'a>], folder: &str) -> Vec<OnLine<Image>> {
    let slot_node = |slot: &Slot, like: Node<'a>| {
        let node = arena.alloc(AstNode::from(NodeValue::Text(slot.encode().into())));
        node.data_mut().sourcepos = like.data().sourcepos;
        node
    };
    let mut images = Vec::new();
    for node in nodes {
        if node.parent().is_none() {
            continue;
        }
        let value = match &node.data().value {
            NodeValue::Link(link) => Some((false, without_slots(&link.url))),
            NodeValue::Image(image) => Some((true, without_slots(&image.url))),
            _ => None,
        };
        match value {
            Some((true, src)) => {
                let alt = without_slots(&text::of(node));
                let alt = (!alt.is_empty()).then_some(alt);
                let image = Image { file: file_of(&src, folder), src, alt, width: None, height: None };
                node.insert_before(slot_node(&Slot::Image(Box::new(image.clone())), node));
                node.detach();
                images.push(OnLine { what: image, line: saturate(node.data().sourcepos.start.line) });
            }
            Some((false, url)) => {
                if let Some(file) = file_of(&url, folder) {
                    let destination = Destination::File(file);
                    let opening = Opening { kind: LinkKind::File, destination, new_window: false };
                    node.insert_before(slot_node(&Slot::Open(opening), node));
                    node.insert_after(slot_node(&Slot::Close, node));
                    unwrap(node);
                }
            }
            None => {}
        }
    }
    images
}
