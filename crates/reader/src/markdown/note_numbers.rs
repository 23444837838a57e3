//! Numbers of the footnotes of a page.

use comrak::nodes::{Node, NodeValue};

use super::anchors::Anchorizer;

/// Gives each reference the number that its name is, and removes the definitions.
pub(super) fn number_references(nodes: &[Node<'_>], anchors: &mut Anchorizer, keeps_definitions: bool) {
    for node in nodes {
        let mut data = node.data_mut();
        match &mut data.value {
            NodeValue::FootnoteReference(call) => {
                call.ix = call.name.parse().unwrap_or(call.ix);
                call.ref_num = anchors.next_reference(call.ix);
            }
            NodeValue::FootnoteDefinition(_) if !keeps_definitions => {
                drop(data);
                node.detach();
            }
            _ => {}
        }
    }
}
