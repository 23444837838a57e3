//! Indexed details of a measure: bodies, dates, budget and other columns.

use std::sync::Arc;

use passerelle_model::plan::Percentage;
use passerelle_model::timestamp::Timestamp;

/// Details of a measure that filters, orders and facets read.
///
/// Texts are shared between measures, because a plan has few bodies, priorities and column names. All
/// together they are at most as large as the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedDetails {
    /// Bodies that carry out the measure, as written.
    pub responsible_parties: Vec<Arc<str>>,
    /// Bodies that support the measure, as written.
    pub partners: Vec<Arc<str>>,
    /// First instant of the period.
    pub start_date: Option<Timestamp>,
    /// First instant of the last day of the period.
    pub end_date: Option<Timestamp>,
    /// Percentage of completion.
    pub completion: Option<Percentage>,
    /// The priority as written.
    pub priority: Option<Arc<str>>,
    /// Amount of the budget in hundredths, and ISO 4217 code of its currency.
    pub budget: Option<(i64, Arc<str>)>,
    /// Name and value of the columns without a field of their own.
    pub attributes: Vec<(Arc<str>, Arc<str>)>,
    /// True if the document describes the measure below its title.
    pub has_description: bool,
    /// True if the document states an indicator or a target.
    pub has_indicators: bool,
}

/// Details of a measure whose document states no details.
pub(super) static NO_DETAILS: IndexedDetails = IndexedDetails {
    responsible_parties: Vec::new(),
    partners: Vec::new(),
    start_date: None,
    end_date: None,
    completion: None,
    priority: None,
    budget: None,
    attributes: Vec::new(),
    has_description: false,
    has_indicators: false,
};

/// Field of the details that can be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DetailField {
    /// Bodies that carry out the measure.
    ResponsibleParties,
    /// Bodies that support the measure.
    Partners,
    /// The priority.
    Priority,
    /// First day.
    StartDate,
    /// Last day.
    EndDate,
    /// Percentage of completion.
    Completion,
    /// Amount of the budget.
    Budget,
    /// Description below the title.
    Description,
    /// Indicators and targets.
    Indicators,
}

/// Field of the details that is a number or a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueField {
    /// First day, in milliseconds since the Unix epoch.
    StartDate,
    /// Last day, in milliseconds since the Unix epoch.
    EndDate,
    /// Percentage of completion.
    Completion,
    /// Amount of the budget, in hundredths of the currency unit.
    Budget,
}

impl IndexedDetails {
    /// Returns true if a field has a value.
    pub(super) fn has(&self, field: DetailField) -> bool {
        match field {
            DetailField::ResponsibleParties => !self.responsible_parties.is_empty(),
            DetailField::Partners => !self.partners.is_empty(),
            DetailField::Priority => self.priority.is_some(),
            DetailField::StartDate => self.start_date.is_some(),
            DetailField::EndDate => self.end_date.is_some(),
            DetailField::Completion => self.completion.is_some(),
            DetailField::Budget => self.budget.is_some(),
            DetailField::Description => self.has_description,
            DetailField::Indicators => self.has_indicators,
        }
    }

    /// Returns the value of a field in its unit. `None` if the document states none.
    pub(super) fn value(&self, field: ValueField) -> Option<i64> {
        match field {
            ValueField::StartDate => self.start_date.map(Timestamp::millis),
            ValueField::EndDate => self.end_date.map(Timestamp::millis),
            ValueField::Completion => self.completion.map(|completion| i64::from(completion.value())),
            ValueField::Budget => self.budget.as_ref().map(|(amount, _)| *amount),
        }
    }

    /// Returns the values of the columns with this header.
    pub(super) fn attribute<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d str> {
        self.attributes.iter().filter(move |(own, _)| **own == *name).map(|(_, value)| &**value)
    }
}
