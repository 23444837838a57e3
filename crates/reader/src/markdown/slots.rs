//! Slots in a tree: each a text of its own, links whole and not in one another.

use std::collections::HashMap;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};
use passerelle_model::slot;
use passerelle_model::slot::{SlotKind, cut, has_slots, without_slots};

use super::unwrap::unwrap;

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
    }
    flatten(root);
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
    for text in cut(&literal) {
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

/// What the slot is that a node is, if it is one.
pub(super) fn kind_of(node: Node<'_>) -> Option<SlotKind> {
    match &node.data().value {
        NodeValue::Text(text) => slot::kind_of(text),
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
        match kind_of(node) {
            Some(SlotKind::Open) => {
                let mut stack = places(&mut open);
                stack.push(node);
                open.insert(std::ptr::from_ref(parent), stack);
            }
            Some(SlotKind::Close) => {
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
        match kind_of(node) {
            Some(SlotKind::Open) => {
                if depth > 0 {
                    node.detach();
                }
                depth += 1;
            }
            Some(SlotKind::Close) => {
                depth = depth.saturating_sub(1);
                if depth > 0 {
                    node.detach();
                }
            }
            _ => link_below(node, depth > 0),
        }
    }
}

/// A link of Markdown, or the call of a footnote, which is one too: it stands in no other link.
fn link_below(node: Node<'_>, is_in_link: bool) {
    let call = match &node.data().value {
        NodeValue::Link(_) => None,
        NodeValue::FootnoteReference(call) if is_in_link => Some(format!("[{}]", call.ix)),
        _ => return,
    };
    if let Some(call) = call {
        node.data_mut().value = NodeValue::Text(call.into());
        return;
    }
    let holds_link = |below: Node<'_>| {
        matches!(kind_of(below), Some(SlotKind::Open | SlotKind::Close))
            || matches!(below.data().value, NodeValue::FootnoteReference(_) | NodeValue::Link(_))
    };
    if is_in_link || node.descendants().skip(1).any(holds_link) {
        unwrap(node);
    }
}
