//! Filters of measures.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::timestamp::Timestamp;

use super::{DetailField, FacetKind, IndexedMeasure, MeasureIndex, TextMatches, TitleIndex, ValueField};

/// A condition on measures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MeasureFilter {
    /// Every condition holds. An empty list matches all measures.
    All(Vec<MeasureFilter>),
    /// At least one condition holds. An empty list matches no measure.
    Any(Vec<MeasureFilter>),
    /// The condition does not hold.
    Not(Box<MeasureFilter>),
    /// The status is one of these.
    Status(Vec<MeasureStatus>),
    /// The number is one of these.
    Number(Vec<u32>),
    /// The measure is in one of these categories or their descendants.
    Within(Vec<CategoryPath>),
    /// The status names one of these programmes.
    Programme(Vec<String>),
    /// The status names a programme, or names none.
    HasProgramme(bool),
    /// The measure is marked as repeated, or is not.
    IsRepeated(bool),
    /// A repeat has a different status, or none has.
    RepeatsDisagree(bool),
    /// The label is one of these, as written.
    Label(Vec<String>),
    /// The measure belongs to one of the measures with these numbers.
    Parent(Vec<u32>),
    /// The measure belongs to another measure, or is at the first level.
    HasParent(bool),
    /// One of these bodies carries out the measure.
    ResponsibleParty(Vec<String>),
    /// One of these bodies supports the measure.
    Partner(Vec<String>),
    /// The priority is one of these, as written.
    Priority(Vec<String>),
    /// A field has a value, or has none.
    Has(DetailField, bool),
    /// The value of a field is in a range.
    Value(ValueField, ValueRange),
    /// The currency of the budget is one of these ISO 4217 codes.
    Currency(Vec<String>),
    /// A column without a field of its own has a value.
    Attribute(AttributeFilter),
    /// The title contains every word of this text.
    Text(String),
    /// The search index found the measure for a text. Replaces [`MeasureFilter::Text`] if a search index
    /// exists.
    TextMatches(Arc<TextMatches>),
    /// The measure changed after this time.
    ChangedSince(Timestamp),
}

/// Range of values, with its bounds, in the unit of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValueRange {
    /// Smallest value.
    pub from: i64,
    /// Largest value.
    pub to: i64,
}

/// Condition on a column without a field of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AttributeFilter {
    /// The measure has a cell in the column with this header that is not empty, or has none.
    Exists(String, bool),
    /// The cell in the column with this header is one of these, as written.
    Is(String, Vec<String>),
}

impl AttributeFilter {
    fn holds(&self, measure: &IndexedMeasure) -> bool {
        let details = measure.details();
        match self {
            Self::Exists(name, exists) => details.attribute(name).any(|value| !value.is_empty()) == *exists,
            Self::Is(name, wanted) => {
                details.attribute(name).any(|value| wanted.iter().any(|wanted| wanted == value))
            }
        }
    }
}

impl Default for MeasureFilter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl MeasureFilter {
    /// Returns all texts of the filter, including negated ones. They determine the relevance.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().flat_map(Self::texts).collect(),
            Self::Text(text) => vec![text],
            _ => Vec::new(),
        }
    }

    /// Returns the relevance of measures for the texts of the filter, by index.
    pub(super) fn relevance(
        &self,
        index: &MeasureIndex,
        words: Option<&TitleIndex>,
        relevance: &mut HashMap<usize, f64>,
    ) {
        let found = match self {
            Self::All(filters) | Self::Any(filters) => {
                return filters.iter().for_each(|filter| filter.relevance(index, words, relevance));
            }
            Self::Text(text) => index.scores_of_text(text, words),
            Self::TextMatches(matches) => index.scores_by_index(matches),
            _ => return,
        };
        let found: Vec<(usize, f64)> = found.into_iter().collect();
        for (at, score) in found {
            *relevance.entry(at).or_default() += score;
        }
    }

    /// Replaces each text of the filter, including negated ones.
    #[must_use]
    pub fn with_texts(self, replace: &mut impl FnMut(String) -> Self) -> Self {
        let mut each =
            |filters: Vec<Self>| filters.into_iter().map(|filter| filter.with_texts(replace)).collect();
        match self {
            Self::All(filters) => Self::All(each(filters)),
            Self::Any(filters) => Self::Any(each(filters)),
            Self::Not(filter) => Self::Not(Box::new(filter.with_texts(replace))),
            Self::Text(text) => replace(text),
            other => other,
        }
    }

    /// Returns the filter without the conditions on the field of a facet. Conditions inside [`Self::Any`] and
    /// [`Self::Not`] stay, because without them the filter would match other measures.
    #[must_use]
    pub fn without(&self, facet: FacetKind) -> Self {
        let Self::All(filters) = self else {
            return if self.is_of(facet) { Self::default() } else { self.clone() };
        };
        let others = filters.iter().filter(|filter| !filter.is_of(facet));
        Self::All(others.map(|filter| filter.without(facet)).collect())
    }

    /// Returns true for a condition on the field of a facet.
    fn is_of(&self, facet: FacetKind) -> bool {
        match self {
            Self::Status(_) => facet == FacetKind::Status,
            Self::Within(_) => facet == FacetKind::Category,
            Self::Programme(_) | Self::HasProgramme(_) => facet == FacetKind::Programme,
            Self::ResponsibleParty(_) | Self::Has(DetailField::ResponsibleParties, _) => {
                facet == FacetKind::ResponsibleParty
            }
            Self::Priority(_) | Self::Has(DetailField::Priority, _) => facet == FacetKind::Priority,
            _ => false,
        }
    }

    /// Returns true if the filter needs the title words.
    pub fn needs_words(&self) -> bool {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().any(Self::needs_words),
            Self::Not(filter) => filter.needs_words(),
            Self::Text(_) => true,
            _ => false,
        }
    }
}

/// A filter compiled for one plan.
enum CompiledFilter<'f> {
    All(Vec<CompiledFilter<'f>>),
    Any(Vec<CompiledFilter<'f>>),
    Not(Box<CompiledFilter<'f>>),
    /// One flag per measure.
    Mask(Vec<bool>),
    Label(HashSet<&'f str>),
    Parent(HashSet<u32>),
    HasParent(bool),
    Has(DetailField, bool),
    Value(ValueField, ValueRange),
    Currency(&'f [String]),
    Attribute(&'f AttributeFilter),
    Status([bool; MeasureStatus::ALL.len()]),
    Number(HashSet<u32>),
    /// One flag per category of the tree.
    Within(Vec<bool>),
    /// One flag per programme of the plan.
    Programme(Vec<bool>),
    HasProgramme(bool),
    IsRepeated(bool),
    RepeatsDisagree(bool),
    /// Relevance by index of the measure.
    Text(HashMap<usize, f64>),
    ChangedSince(Timestamp),
}

impl MeasureIndex {
    /// Returns the indexes of the matching measures in document order.
    ///
    /// `within` is a category, including its descendants. Without title words, a text matches nothing.
    pub fn matching(
        &self,
        within: Option<&CategoryKey>,
        filter: &MeasureFilter,
        words: Option<&TitleIndex>,
    ) -> Vec<usize> {
        let mut mask = self.mask(&self.compile(filter, words));
        if let Some(key) = within {
            let Some(category) = self.tree.index_of(key) else { return Vec::new() };
            let scope: Vec<bool> =
                self.tree.ancestor_chains().iter().map(|above| above.contains(&category)).collect();
            intersect(&mut mask, &mask_by_index(&self.columns.category, &scope));
        }
        mask.iter().enumerate().filter(|(_, is_kept)| **is_kept).map(|(at, _)| at).collect()
    }

    /// Marks categories that are selected or have a selected ancestor.
    fn with_descendants(
        &self,
        is_wanted: impl Fn(&passerelle_model::published::PublishedCategory) -> bool,
    ) -> Vec<bool> {
        let all = self.tree.categories();
        self.tree.ancestor_chains().iter().map(|above| above.iter().any(|at| is_wanted(&all[*at]))).collect()
    }

    fn compile<'f>(&self, filter: &'f MeasureFilter, words: Option<&TitleIndex>) -> CompiledFilter<'f> {
        let each =
            |filters: &'f [MeasureFilter]| filters.iter().map(|filter| self.compile(filter, words)).collect();
        match filter {
            // A single condition needs no list.
            MeasureFilter::All(filters) if filters.len() == 1 => self.compile(&filters[0], words),
            MeasureFilter::All(filters) => CompiledFilter::All(each(filters)),
            MeasureFilter::Any(filters) => CompiledFilter::Any(each(filters)),
            MeasureFilter::Not(filter) => CompiledFilter::Not(Box::new(self.compile(filter, words))),
            MeasureFilter::Status(statuses) => {
                CompiledFilter::Status(MeasureStatus::ALL.map(|status| statuses.contains(&status)))
            }
            MeasureFilter::Number(numbers) => CompiledFilter::Number(numbers.iter().copied().collect()),
            MeasureFilter::Within(paths) => {
                let paths: HashSet<&CategoryPath> = paths.iter().collect();
                CompiledFilter::Within(self.with_descendants(|category| paths.contains(&category.path)))
            }
            MeasureFilter::Programme(names) => {
                let is_named = |programme: &Arc<str>| names.iter().any(|name| **name == **programme);
                // The last flag is for measures without a programme.
                CompiledFilter::Programme(self.programmes.iter().map(is_named).chain([false]).collect())
            }
            MeasureFilter::HasProgramme(has) => CompiledFilter::HasProgramme(*has),
            MeasureFilter::IsRepeated(is_repeated) => CompiledFilter::IsRepeated(*is_repeated),
            MeasureFilter::RepeatsDisagree(disagree) => CompiledFilter::RepeatsDisagree(*disagree),
            MeasureFilter::Text(text) => CompiledFilter::Text(self.scores_of_text(text, words)),
            MeasureFilter::TextMatches(matches) => CompiledFilter::Text(self.scores_by_index(matches)),
            MeasureFilter::ChangedSince(at) => CompiledFilter::ChangedSince(*at),
            MeasureFilter::Label(labels) => {
                CompiledFilter::Label(labels.iter().map(String::as_str).collect())
            }
            MeasureFilter::Parent(numbers) => CompiledFilter::Parent(numbers.iter().copied().collect()),
            MeasureFilter::HasParent(has) => CompiledFilter::HasParent(*has),
            MeasureFilter::ResponsibleParty(names) => {
                CompiledFilter::Mask(self.columns.responsible_party.mask(names))
            }
            MeasureFilter::Partner(names) => CompiledFilter::Mask(self.columns.partner.mask(names)),
            MeasureFilter::Priority(names) => CompiledFilter::Mask(self.columns.priority.mask(names)),
            MeasureFilter::Has(field, has) => CompiledFilter::Has(*field, *has),
            MeasureFilter::Value(field, range) => CompiledFilter::Value(*field, *range),
            MeasureFilter::Currency(currencies) => CompiledFilter::Currency(currencies),
            MeasureFilter::Attribute(filter) => CompiledFilter::Attribute(filter),
        }
    }

    /// Returns the relevance of the measures for a text, by index. A number or label alone also matches its
    /// measure, before all others.
    fn scores_of_text(&self, text: &str, words: Option<&TitleIndex>) -> HashMap<usize, f64> {
        let mut found = words.map(|words| words.search(text)).unwrap_or_default();
        let first = 1.0 + found.values().copied().fold(0.0, f64::max);
        let labelled = self.measures.iter().enumerate().filter(|(_, measure)| measure.has_label(text.trim()));
        found.extend(labelled.map(|(at, _)| (at, first)));
        found
    }

    /// Returns the relevance of the found measures by index, in one pass.
    fn scores_by_index(&self, matches: &TextMatches) -> HashMap<usize, f64> {
        let score =
            |(at, measure): (usize, &IndexedMeasure)| Some((at, *matches.scores.get(&measure.row_id)?));
        self.measures.iter().enumerate().filter_map(score).collect()
    }

    /// Returns one flag per measure. Each condition is evaluated in one pass over its columns.
    fn mask(&self, compiled: &CompiledFilter<'_>) -> Vec<bool> {
        let each = |holds: &dyn Fn(&IndexedMeasure) -> bool| self.measures.iter().map(holds).collect();
        match compiled {
            CompiledFilter::All(filters) => {
                let mut mask = vec![true; self.measures.len()];
                for filter in filters {
                    intersect(&mut mask, &self.mask(filter));
                }
                mask
            }
            CompiledFilter::Any(filters) => {
                let mut mask = vec![false; self.measures.len()];
                for filter in filters {
                    for (own, other) in mask.iter_mut().zip(self.mask(filter)) {
                        *own |= other;
                    }
                }
                mask
            }
            CompiledFilter::Not(filter) => self.mask(filter).into_iter().map(|holds| !holds).collect(),
            CompiledFilter::Status(wanted) => {
                self.columns.status.iter().map(|status| wanted[*status as usize]).collect()
            }
            CompiledFilter::Number(numbers) => each(&|measure| numbers.contains(&measure.number)),
            CompiledFilter::Within(categories) => mask_by_index(&self.columns.category, categories),
            CompiledFilter::Programme(wanted) => mask_by_index(&self.columns.programme, wanted),
            CompiledFilter::HasProgramme(has) => each(&|measure| measure.programme.is_some() == *has),
            CompiledFilter::IsRepeated(is_repeated) => each(&|measure| measure.is_repeated == *is_repeated),
            CompiledFilter::RepeatsDisagree(disagree) => each(&|measure| {
                let group = measure.repeat_group.and_then(|group| self.groups.get(&group));
                group.is_some_and(|group| group.has_status_conflict) == *disagree
            }),
            CompiledFilter::Text(found) => {
                (0..self.measures.len()).map(|at| found.contains_key(&at)).collect()
            }
            CompiledFilter::ChangedSince(since) => each(&|measure| measure.updated_at > *since),
            CompiledFilter::Mask(mask) => mask.clone(),
            CompiledFilter::Label(labels) => each(&|measure| match &measure.label {
                Some(label) => labels.contains(&**label),
                None => labels.contains(measure.number.to_string().as_str()),
            }),
            CompiledFilter::Parent(numbers) => {
                each(&|measure| measure.parent.is_some_and(|parent| numbers.contains(&parent)))
            }
            CompiledFilter::HasParent(has) => each(&|measure| measure.parent.is_some() == *has),
            CompiledFilter::Has(field, has) => each(&|measure| measure.details().has(*field) == *has),
            CompiledFilter::Value(field, range) => each(&|measure| {
                let value = measure.details().value(*field);
                value.is_some_and(|value| (range.from..=range.to).contains(&value))
            }),
            CompiledFilter::Currency(wanted) => each(&|measure| {
                let currency = measure.details().budget.as_ref().map(|(_, currency)| currency);
                currency.is_some_and(|own| wanted.iter().any(|wanted| **wanted == **own))
            }),
            CompiledFilter::Attribute(filter) => each(&|measure| filter.holds(measure)),
        }
    }
}

/// Clears the flags that the other mask does not have.
fn intersect(mask: &mut [bool], other: &[bool]) {
    for (own, other) in mask.iter_mut().zip(other) {
        *own &= other;
    }
}

/// Returns one flag per measure, by the index in a column.
fn mask_by_index(indexes: &[u32], wanted: &[bool]) -> Vec<bool> {
    let is_wanted =
        |index: &u32| usize::try_from(*index).ok().and_then(|index| wanted.get(index)) == Some(&true);
    indexes.iter().map(is_wanted).collect()
}
