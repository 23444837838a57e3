//! The names of places in a page: of its headings and of its footnotes.

use std::collections::{HashMap, HashSet};

use comrak::nodes::{Node, NodeValue};
use passerelle_text::fold::slugify;

use super::unwrap::unwrap;

/// What a page gives its parts so that they do not clash: every heading an anchor of its own, the slug of its text,
/// numbered from 2 where it recurs; every part with footnotes names of their own.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    given: HashMap<String, u32>,
    parts_with_notes: u32,
}

impl Anchors {
    pub(super) fn give(&mut self, text: &str) -> String {
        let slug = slugify(text);
        let base = match slug.as_str() {
            "" => "section".to_owned(),
            // These are the footnotes'.
            _ if slug.starts_with("fn-") || slug.starts_with("fnref-") => format!("section-{slug}"),
            _ => slug,
        };
        let mut anchor = base.clone();
        let mut count = self.given.get(&base).copied().unwrap_or(0);
        while self.given.contains_key(&anchor) {
            count += 1;
            anchor = format!("{base}-{}", count + 1);
        }
        self.given.insert(base, count);
        self.given.entry(anchor.clone()).or_insert(0);
        anchor
    }

    /// Whether a heading was given this anchor.
    pub fn has(&self, anchor: &str) -> bool {
        self.given.contains_key(anchor)
    }

    /// What makes the names of footnotes differ from those of the parts before.
    fn note_prefix(&mut self) -> String {
        self.parts_with_notes += 1;
        format!("{}-", self.parts_with_notes)
    }
}

/// Gives footnotes names that no other part of the page has, and has their definitions stand at the end, where the
/// formatter makes a list of them.
pub(super) fn name_footnotes<'a>(root: Node<'a>, anchors: &mut Anchors) {
    let mut prefix = None;
    let mut defined = HashSet::new();
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        let prefix = &*prefix.get_or_insert_with(|| anchors.note_prefix());
        let mut data = node.data_mut();
        match &mut data.value {
            NodeValue::FootnoteReference(call) => call.name.insert_str(0, prefix),
            NodeValue::FootnoteDefinition(definition) => {
                let is_first = defined.insert(definition.name.clone());
                definition.name.insert_str(0, prefix);
                drop(data);
                if !is_first {
                    // What is defined twice is said all the same.
                    unwrap(node);
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
    use crate::markdown::{Setting, render};

    fn html(markdown: &str) -> String {
        render(markdown, Setting::default(), &mut Anchors::default()).content.html
    }

    #[test]
    fn headings_of_one_text_have_anchors_of_their_own() {
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
    fn footnotes_of_two_parts_have_names_of_their_own() {
        let mut anchors = Anchors::default();
        let first = render("a[^1]\n\n[^1]: b", Setting::default(), &mut anchors).content.html;
        let second = render("c[^1]\n\n[^1]: d", Setting::default(), &mut anchors).content.html;
        assert!(
            first.contains("id=\"fn-1-1\"")
                && second.contains("id=\"fn-2-1\"")
                && second.contains("href=\"#fn-2-1\"")
        );
    }
}
