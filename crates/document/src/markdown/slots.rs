//! Slots in a tree: each a text of its own, links whole and not in one another.

use std::collections::HashMap;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use super::unwrap;
use crate::slot::{Piece, Slot, has_slots, pieces, without_slots};

/// Puts slots in order: each stands in a text node of its own; a link opens and closes in one parent; nothing in a link
/// is a link; none is left in an attribute or in code.
pub(super) fn arrange<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    let mut any = false;
    for node in nodes {
        any |= place(arena, node);
    }
    if any {
        pair(root);
        flatten(root);
    }
}

/// Cuts a text at its slots; takes them out of everything else. Whether there were any in a text.
fn place<'a>(arena: &'a Arena<'a>, node: Node<'a>) -> bool {
    let mut data = node.data_mut();
    let literal = match &mut data.value {
        NodeValue::Text(text) if has_slots(text) => text.to_string(),
        NodeValue::Link(link) => {
            let is_swallowed = has_slots(&link.url);
            strip(&mut link.title);
            drop(data);
            if is_swallowed {
                // An address written out swallowed the slot behind it.
                unwrap(node);
            }
            return false;
        }
        NodeValue::Code(code) => {
            strip(&mut code.literal);
            return false;
        }
        NodeValue::CodeBlock(block) => {
            strip(&mut block.literal);
            strip(&mut block.info);
            return false;
        }
        NodeValue::HtmlBlock(block) => {
            strip(&mut block.literal);
            return false;
        }
        NodeValue::FootnoteDefinition(definition) => {
            strip(&mut definition.name);
            return false;
        }
        _ => return false,
    };
    drop(data);
    for piece in pieces(&literal) {
        let (Piece::Words(text) | Piece::Slot(_, text)) = piece;
        let part = arena.alloc(AstNode::from(NodeValue::Text(text.to_owned().into())));
        part.data_mut().sourcepos = node.data().sourcepos;
        node.insert_before(part);
    }
    node.detach();
    true
}

fn strip(text: &mut String) {
    if has_slots(text) {
        *text = without_slots(text);
    }
}

/// The slot that a node is.
pub(super) fn slot_of(node: Node<'_>) -> Option<Slot> {
    match &node.data().value {
        NodeValue::Text(text) if has_slots(text) => match pieces(text).pop() {
            Some(Piece::Slot(slot, _)) => Some(slot),
            _ => None,
        },
        _ => None,
    }
}

/// Takes out the ends of links that do not open and close in one parent, and those inside others.
fn pair(root: Node<'_>) {
    let mut open: HashMap<*const AstNode<'_>, Vec<Node<'_>>> = HashMap::new();
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    for node in nodes {
        let Some(parent) = node.parent() else { continue };
        let places =
            |open: &mut HashMap<_, Vec<_>>| open.remove(&std::ptr::from_ref(parent)).unwrap_or_default();
        match slot_of(node) {
            Some(Slot::Open(_)) => {
                let mut stack = places(&mut open);
                stack.push(node);
                open.insert(std::ptr::from_ref(parent), stack);
            }
            Some(Slot::Close) => {
                let mut stack = places(&mut open);
                let opening = stack.pop();
                match opening {
                    None => node.detach(),
                    // One link in another: the outer one goes where it says.
                    Some(opening) if !stack.is_empty() => {
                        opening.detach();
                        node.detach();
                    }
                    Some(_) => {}
                }
                open.insert(std::ptr::from_ref(parent), stack);
            }
            _ => {}
        }
    }
    for opening in open.into_values().flatten() {
        opening.detach();
    }
}

/// Takes out the links inside a link: those of Markdown, and those in what stands between its ends.
fn flatten(root: Node<'_>) {
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    let mut depth = 0_usize;
    for node in nodes {
        match slot_of(node) {
            Some(Slot::Open(_)) => {
                if depth > 0 {
                    node.detach();
                }
                depth += 1;
            }
            Some(Slot::Close) => {
                depth = depth.saturating_sub(1);
                if depth > 0 {
                    node.detach();
                }
            }
            _ => {
                let is_link = matches!(node.data().value, NodeValue::Link(_));
                let holds_slot = is_link
                    && node
                        .descendants()
                        .any(|below| matches!(slot_of(below), Some(Slot::Open(_) | Slot::Close)));
                if is_link && (depth > 0 || holds_slot) {
                    unwrap(node);
                }
            }
        }
    }
}
