//! Unique ids of headings and footnotes within a page.

use std::collections::{HashMap, HashSet};

use comrak::nodes::{Node, NodeValue};
use passerelle_text::fold::slugify;

use super::replace_with_children::replace_with_children;

/// Assigns unique anchors to the headings and footnotes of one page, across all of its rendered parts.
///
/// The anchor of a heading is the slug of its text. A repeated slug is numbered from 2: `contact`,
/// `contact-2`.
#[derive(Clone, Debug, Default)]
pub struct Anchorizer {
    used: HashMap<String, u32>,
    footnote_sections: u32,
}

impl Anchorizer {
    pub(super) fn anchorize(&mut self, text: &str) -> String {
        let slug = slugify(text);
        let base = match slug.as_str() {
            "" => "section".to_owned(),
            // The renderer uses these prefixes for footnotes.
            _ if slug.starts_with("fn-") || slug.starts_with("fnref-") => format!("section-{slug}"),
            _ => slug,
        };
        let mut anchor = base.clone();
        let mut count = self.used.get(&base).copied().unwrap_or(0);
        while self.used.contains_key(&anchor) {
            count += 1;
            anchor = format!("{base}-{}", count + 1);
        }
        self.used.insert(base, count);
        self.used.entry(anchor.clone()).or_insert(0);
        anchor
    }

    /// Returns whether a heading of the page has this anchor.
    pub fn contains(&self, anchor: &str) -> bool {
        self.used.contains_key(anchor)
    }

    /// Returns the prefix for the footnote names of the next rendered part: `1-`, `2-` and so on.
    fn next_footnote_prefix(&mut self) -> String {
        self.footnote_sections += 1;
        format!("{}-", self.footnote_sections)
    }
}

/// Prefixes the names of footnotes, so that they are unique on the page, and moves their definitions to the
/// end of the tree, because the formatter lists only definitions at the end.
pub(super) fn prefix_footnotes<'a>(root: Node<'a>, anchors: &mut Anchorizer) {
    let mut prefix = None;
    let mut defined = HashSet::new();
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        let prefix = &*prefix.get_or_insert_with(|| anchors.next_footnote_prefix());
        let mut data = node.data_mut();
        match &mut data.value {
            NodeValue::FootnoteReference(call) => call.name.insert_str(0, prefix),
            NodeValue::FootnoteDefinition(definition) => {
                let is_first = defined.insert(definition.name.clone());
                definition.name.insert_str(0, prefix);
                drop(data);
                if !is_first {
                    // The text of a second definition stays visible as normal text.
                    replace_with_children(node);
                } else if node.parent().is_some_and(|parent| !parent.same_node(root)) {
                    node.detach();
                    root.append(node);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{RenderOptions, render};

    fn html(markdown: &str) -> String {
        render(markdown, RenderOptions::default(), &mut Anchorizer::default()).content.html
    }

    #[test]
    fn headings_with_equal_text_get_distinct_anchors() {
        assert_eq!(
            html("## À faire\n\n## À faire\n\n## A faire 2"),
            [
                "<h2 id=\"a-faire\">À faire</h2>",
                "<h2 id=\"a-faire-2\">À faire</h2>",
                "<h2 id=\"a-faire-2-2\">A faire 2</h2>",
            ]
            .join("\n")
        );
    }

    #[test]
    fn footnote_ids_are_unique_across_sections() {
        let mut anchors = Anchorizer::default();
        let first = render("a[^1]\n\n[^1]: b", RenderOptions::default(), &mut anchors).content.html;
        let second = render("c[^1]\n\n[^1]: d", RenderOptions::default(), &mut anchors).content.html;
        assert!(
            first.contains("id=\"fn-1-1\"")
                && second.contains("id=\"fn-2-1\"")
                && second.contains("href=\"#fn-2-1\"")
        );
    }
}
