//! Column of names: the distinct names of a field, and the names of each measure.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Names of a field of the measures, for example of their responsible parties.
///
/// A filter looks up the wanted names once, and then compares numbers.
#[derive(Debug, Default)]
pub(super) struct NameColumn {
    /// Distinct names, sorted.
    names: Vec<Arc<str>>,
    /// Indexes of the names of all measures, one measure after the other.
    indexes: Vec<u32>,
    /// End of the indexes of each measure.
    ends: Vec<usize>,
}

impl NameColumn {
    /// Builds a column from the names of each measure.
    pub(super) fn new<'m>(measures: impl Iterator<Item = &'m [Arc<str>]> + Clone) -> Self {
        let names: BTreeSet<&Arc<str>> = measures.clone().flatten().collect();
        let names: Vec<Arc<str>> = names.into_iter().cloned().collect();
        let (mut indexes, mut ends) = (Vec::new(), Vec::new());
        for own in measures {
            let start = indexes.len();
            let found = own.iter().filter_map(|name| names.binary_search(name).ok());
            indexes.extend(found.map(|index| u32::try_from(index).unwrap_or(u32::MAX)));
            // A body that is named twice counts once.
            indexes[start..].sort_unstable();
            let mut kept = start;
            for at in start..indexes.len() {
                if at == start || indexes[at] != indexes[at - 1] {
                    indexes[kept] = indexes[at];
                    kept += 1;
                }
            }
            indexes.truncate(kept);
            ends.push(indexes.len());
        }
        Self { names, indexes, ends }
    }

    /// Returns the distinct names, sorted.
    pub(super) fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// Returns the indexes of the names of a measure.
    pub(super) fn of(&self, measure: usize) -> &[u32] {
        let start = measure.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.indexes[start..self.ends[measure]]
    }

    /// Returns one flag per measure: true if the measure has one of these names.
    pub(super) fn mask(&self, wanted: &[String]) -> Vec<bool> {
        let flags: Vec<bool> = self.names.iter().map(|name| wanted.iter().any(|w| **w == **name)).collect();
        let is_wanted =
            |index: &u32| usize::try_from(*index).is_ok_and(|index| flags.get(index) == Some(&true));
        (0..self.ends.len()).map(|measure| self.of(measure).iter().any(is_wanted)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_repeated_in_a_measure_counts_once() {
        let names = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect::<Vec<Arc<str>>>();
        let measures = [names(&["Voirie", "Parcs", "Voirie"]), names(&[]), names(&["Parcs"])];
        let column = NameColumn::new(measures.iter().map(Vec::as_slice));
        assert_eq!(column.names().iter().map(|name| &**name).collect::<Vec<_>>(), ["Parcs", "Voirie"]);
        assert_eq!([column.of(0), column.of(1), column.of(2)], [&[0, 1][..], &[], &[0]]);
        assert_eq!(column.mask(&["Parcs".to_owned()]), [true, false, true]);
        assert_eq!(column.mask(&["Eau".to_owned()]), [false; 3]);
    }
}
