//! Labels that a new version of a plan gives two measures of one category.

use std::collections::{HashMap, HashSet};

use passerelle_model::plan::Plan;

use crate::identity::PlanContent;

/// Two measures with one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelClash {
    /// Label of both as written.
    pub label: String,
    /// Line of the second measure in the document, from 1.
    pub line: u32,
}

impl LabelClash {
    /// Returns the first clash that the published version does not have.
    ///
    /// The reader gives the second measure with a label `A1` the label `A1-2`. The clash is new if the
    /// published version has no measure `A1-2` in that category. Call this only if the reader reported equal
    /// labels: an editor can write `A1-2` too.
    pub fn new_in(plan: &Plan, before: &PlanContent) -> Option<Self> {
        let labels: HashSet<(&str, &str)> =
            plan.measures.iter().map(|measure| (measure.category.as_str(), measure.label.as_str())).collect();
        let paths: HashMap<_, _> =
            before.categories.iter().map(|category| (&category.key, category.path.as_str())).collect();
        let published: HashSet<(&str, &str)> = before
            .measures
            .iter()
            .filter_map(|measure| Some((*paths.get(&measure.category)?, measure.label.as_str())))
            .collect();
        plan.measures.iter().find_map(|measure| {
            let (base, count) = measure.label.rsplit_once('-')?;
            let is_given = count.parse::<u32>().is_ok_and(|count| count >= 2)
                && labels.contains(&(measure.category.as_str(), base));
            let is_published = published.contains(&(measure.category.as_str(), measure.label.as_str()));
            (is_given && !is_published).then(|| Self { label: base.to_owned(), line: measure.line })
        })
    }
}
