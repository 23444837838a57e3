//! Tree operation that is shared by several passes.

use comrak::nodes::Node;

/// Replaces a node by its children.
pub(super) fn replace_with_children(node: Node<'_>) {
    let children: Vec<_> = node.children().collect();
    for child in children {
        node.insert_before(child);
    }
    node.detach();
}
