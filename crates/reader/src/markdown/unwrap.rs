//! Removes a node and keeps its children.

use comrak::nodes::Node;

/// Puts the children of a node in its place.
pub(super) fn unwrap(node: Node<'_>) {
    let children: Vec<_> = node.children().collect();
    for child in children {
        node.insert_before(child);
    }
    node.detach();
}
