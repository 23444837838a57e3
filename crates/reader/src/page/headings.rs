//! Builds the table of contents of a page.

use passerelle_model::page::Heading;

use crate::markdown::RenderedHeading;

/// Nests headings by level. Empty headings are left out. A skipped level adds no empty entry: an `h4` may be
/// a direct child of an `h2`.
pub(super) fn nest_headings(headings: &[RenderedHeading]) -> Vec<Heading> {
    let visible: Vec<&RenderedHeading> = headings.iter().filter(|heading| !heading.text.is_empty()).collect();
    nest(&visible)
}

fn nest(headings: &[&RenderedHeading]) -> Vec<Heading> {
    let mut roots = Vec::new();
    let mut rest = headings;
    while let [first, after @ ..] = rest {
        let below = after.iter().take_while(|heading| heading.level > first.level).count();
        roots.push(Heading {
            level: first.level,
            text: first.text.clone(),
            anchor: first.anchor.clone(),
            children: nest(&after[..below]),
        });
        rest = &after[below..];
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::page::Anchor;

    #[test]
    fn headings_are_nested_by_level() {
        let heading = |level| RenderedHeading {
            level,
            text: level.to_string(),
            anchor: Anchor::new(""),
            line: 1,
            is_raw: false,
        };
        let tree = nest_headings(&[2, 4, 3, 1, 2].map(heading));
        let levels =
            |heading: &Heading| (heading.level, heading.children.iter().map(|child| child.level).collect());
        assert_eq!(tree.iter().map(levels).collect::<Vec<_>>(), [(2, vec![4, 3]), (1, vec![2])]);
    }
}
