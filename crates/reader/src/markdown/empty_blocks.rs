//! Removes blocks without content: a heading without words, an item whose text was removed.

use comrak::nodes::{ListType, Node, NodeValue};

/// Removes the blocks without content from a tree. A block that `is_target` has an id that links can name.
pub(super) fn remove<'a>(root: Node<'a>, is_target: impl Fn(Node<'a>) -> bool) {
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    // Children come before their parents.
    for node in nodes.into_iter().rev() {
        let is_block = matches!(
            node.data().value,
            NodeValue::Paragraph
                | NodeValue::Heading(_)
                | NodeValue::Item(_)
                | NodeValue::List(_)
                | NodeValue::BlockQuote
        );
        // The definition of a note is written elsewhere. Here it has no words.
        let is_in_note =
            || node.ancestors().any(|above| matches!(above.data().value, NodeValue::FootnoteDefinition(_)));
        let is_empty = is_block && node.children().all(is_blank) && !is_numbered_before_others(node);
        if is_empty && !is_target(node) && !is_in_note() {
            node.detach();
        }
    }
}

/// Returns true for an item whose removal would give other numbers to the items after it.
fn is_numbered_before_others(node: Node<'_>) -> bool {
    let data = node.data();
    matches!(&data.value, NodeValue::Item(list) if list.list_type == ListType::Ordered)
        && node.next_sibling().is_some()
}

fn is_blank(node: Node<'_>) -> bool {
    match &node.data().value {
        NodeValue::Text(text) => text.trim().is_empty(),
        NodeValue::HtmlInline(html) => html.is_empty(),
        NodeValue::SoftBreak | NodeValue::LineBreak => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::markdown::{Anchorizer, RenderOptions, render};

    #[test]
    fn blocks_without_content_are_removed() {
        let content = |markdown: &str| {
            let content = render(markdown, RenderOptions::default(), &mut Anchorizer::default()).content;
            (content.html, content.text)
        };
        for markdown in ["##", "![](data:image/png;base64,AA)", "- ![]()\n-\n", "> ", "1.\n   - []()\n"] {
            assert_eq!(content(markdown), (String::new(), String::new()), "{markdown}");
        }
        assert_eq!(content("- a\n-\n- b").0, "<ul>\n<li>a</li>\n<li>b</li>\n</ul>");
        let (html, text) = content("1. a\n2. ![]()\n3. b\n4. ![]()");
        assert_eq!(html, "<ol>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ol>");
        assert!(text.ends_with("3. b"), "{text}");
        assert_eq!(content("## { #ici }").0, "<h2 id=\"ici\"></h2>");
    }
}
