//! The headings of a page, nested.

use passerelle_model::page::Heading;

use crate::markdown::RenderedHeading;

/// Nests headings by their levels. A level that is left out is not made up.
pub(super) fn nest(headings: &[RenderedHeading]) -> Vec<Heading> {
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

    #[test]
    fn a_heading_holds_the_deeper_ones_that_follow_it() {
        let heading =
            |level| RenderedHeading { level, text: level.to_string(), anchor: String::new(), line: 1 };
        let tree = nest(&[2, 4, 3, 1, 2].map(heading));
        let sketch =
            |heading: &Heading| (heading.level, heading.children.iter().map(|child| child.level).collect());
        assert_eq!(tree.iter().map(sketch).collect::<Vec<_>>(), [(2, vec![4, 3]), (1, vec![2])]);
    }
}
