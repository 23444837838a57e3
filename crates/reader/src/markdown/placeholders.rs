//! Normalizes placeholders in a parsed Markdown tree, so that links are complete and never nested.

use std::collections::HashMap;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};
use passerelle_model::placeholder;
use passerelle_model::placeholder::{
    PlaceholderKind, has_placeholders, split_placeholders, strip_placeholders,
};

use super::replace_with_children::replace_with_children;

/// Establishes four invariants:
///
/// - each placeholder is in a text node of its own;
/// - the start and the end of a link have the same parent;
/// - no link contains another link;
/// - no attribute and no code contains a placeholder.
pub(super) fn normalize<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    let mut has_placeholder = false;
    for node in nodes {
        has_placeholder |= isolate_placeholders(arena, node);
    }
    if has_placeholder {
        remove_unpaired_links(root);
    }
    unnest_links(root);
}

/// Splits a text node at its placeholders and removes placeholders from all other nodes. Returns true if
/// the node was split.
fn isolate_placeholders<'a>(arena: &'a Arena<'a>, node: Node<'a>) -> bool {
    let mut data = node.data_mut();
    let literal = match &mut data.value {
        NodeValue::Text(text) if has_placeholders(text) => text.to_string(),
        NodeValue::Link(link) => {
            let url_has_placeholder = has_placeholders(&link.url);
            strip_in_place(&mut link.title);
            drop(data);
            if url_has_placeholder {
                // The autolink parser took the placeholder after a bare address as part of the address.
                replace_with_children(node);
            }
            return false;
        }
        NodeValue::Code(code) => {
            strip_in_place(&mut code.literal);
            return false;
        }
        NodeValue::CodeBlock(block) => {
            strip_in_place(&mut block.literal);
            strip_in_place(&mut block.info);
            return false;
        }
        NodeValue::FootnoteDefinition(definition) => {
            strip_in_place(&mut definition.name);
            return false;
        }
        _ => return false,
    };
    drop(data);
    for text in split_placeholders(&literal) {
        let text_node = arena.alloc(AstNode::from(NodeValue::Text(text.to_owned().into())));
        text_node.data_mut().sourcepos = node.data().sourcepos;
        node.insert_before(text_node);
    }
    node.detach();
    true
}

fn strip_in_place(text: &mut String) {
    if has_placeholders(text) {
        *text = strip_placeholders(text);
    }
}

/// Returns the kind of a node that is a placeholder, and `None` for any other node.
pub(super) fn node_placeholder_kind(node: Node<'_>) -> Option<PlaceholderKind> {
    match &node.data().value {
        NodeValue::Text(text) => placeholder::placeholder_kind(text),
        _ => None,
    }
}

/// Removes link starts and link ends without a partner in the same parent, and link pairs inside another
/// pair.
fn remove_unpaired_links(root: Node<'_>) {
    let mut open: HashMap<*const AstNode<'_>, Vec<Node<'_>>> = HashMap::new();
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    for node in nodes {
        let Some(parent) = node.parent() else { continue };
        let take_stack =
            |open: &mut HashMap<_, Vec<_>>| open.remove(&std::ptr::from_ref(parent)).unwrap_or_default();
        match node_placeholder_kind(node) {
            Some(PlaceholderKind::LinkStart) => {
                let mut stack = take_stack(&mut open);
                stack.push(node);
                open.insert(std::ptr::from_ref(parent), stack);
            }
            Some(PlaceholderKind::LinkEnd) => {
                let mut stack = take_stack(&mut open);
                let opening = stack.pop();
                match opening {
                    None => node.detach(),
                    // In nested links, the outer link wins.
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

/// Removes links inside a link: nested placeholders, and Markdown links between a link start and its end.
fn unnest_links(root: Node<'_>) {
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    let mut depth = 0_usize;
    for node in nodes {
        match node_placeholder_kind(node) {
            Some(PlaceholderKind::LinkStart) => {
                if depth > 0 {
                    node.detach();
                }
                depth += 1;
            }
            Some(PlaceholderKind::LinkEnd) => {
                depth = depth.saturating_sub(1);
                if depth > 0 {
                    node.detach();
                }
            }
            _ => unwrap_nested_link(node, depth > 0),
        }
    }
}

/// Replaces a Markdown link by its text if it is inside a link or contains one. Replaces a footnote reference
/// inside a link by its number, because it renders to a link.
fn unwrap_nested_link(node: Node<'_>, is_in_link: bool) {
    let reference = match &node.data().value {
        NodeValue::Link(_) => None,
        NodeValue::FootnoteReference(reference) if is_in_link => Some(format!("[{}]", reference.ix)),
        _ => return,
    };
    if let Some(reference) = reference {
        node.data_mut().value = NodeValue::Text(reference.into());
        return;
    }
    let contains_link = |below: Node<'_>| {
        matches!(node_placeholder_kind(below), Some(PlaceholderKind::LinkStart | PlaceholderKind::LinkEnd))
            || matches!(below.data().value, NodeValue::FootnoteReference(_) | NodeValue::Link(_))
    };
    if is_in_link || node.descendants().skip(1).any(contains_link) {
        replace_with_children(node);
    }
}
