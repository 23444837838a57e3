//! Strikethrough is `~~text~~`. Single tildes are text: `entre 3~5 et 8~9 ares`.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use super::replace_with_children::replace_with_children;

/// Replaces strikethrough that is written with single tildes by its text and the tildes.
pub(super) fn keep_single_tildes<'a>(arena: &'a Arena<'a>, nodes: &[Node<'a>], markdown: &str) {
    if !markdown.contains('~') {
        return;
    }
    let lines: Vec<&str> = markdown.lines().collect();
    for node in nodes {
        let data = node.data();
        if !matches!(data.value, NodeValue::Strikethrough) {
            continue;
        }
        let start = data.sourcepos.start;
        let line = start.line.checked_sub(1).and_then(|index| lines.get(index));
        let written = line.and_then(|line| line.get(start.column.saturating_sub(1)..)).unwrap_or_default();
        if written.starts_with("~~") || !written.starts_with('~') {
            continue;
        }
        drop(data);
        let tilde = || arena.alloc(AstNode::from(NodeValue::Text("~".into())));
        node.insert_before(tilde());
        node.insert_after(tilde());
        replace_with_children(node);
    }
}

#[cfg(test)]
mod tests {
    use crate::markdown::{Anchorizer, RenderOptions, render};

    #[test]
    fn only_double_tildes_strike_out() {
        let html = |markdown: &str| {
            render(markdown, RenderOptions::default(), &mut Anchorizer::default()).content.html
        };
        assert_eq!(html("Entre 3~5 et 8~9 ares, ~a~."), "<p>Entre 3~5 et 8~9 ares, ~a~.</p>");
        assert_eq!(html("- à\n- é ~~b~~ ~c~"), "<ul>\n<li>à</li>\n<li>é <del>b</del> ~c~</li>\n</ul>");
    }
}
