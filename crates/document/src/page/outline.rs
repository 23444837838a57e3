//! The headings of a page as a tree.

use serde::{Deserialize, Serialize};

use crate::markdown::RenderedHeading;

/// A heading with those below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its plain text.
    pub text: String,
    /// The `id` of its element in the HTML.
    pub anchor: String,
    /// The headings below it, up to the next one of its level.
    pub children: Vec<Heading>,
}

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
