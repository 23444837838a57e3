//! Reads the stored details of a measure for the index.

use std::collections::HashSet;
use std::sync::Arc;

use passerelle_model::plan::{Attribute, Money, Percentage};
use passerelle_model::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::column::RowContext;
use crate::error::StorageError;
use crate::query_index::IndexedDetails;

/// Stored value of details without a field.
const EMPTY: &str = "{}";

/// Details that the index reads. The texts of the description and of indicators are skipped.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StoredDetails {
    responsible_parties: Vec<String>,
    partners: Vec<String>,
    start_date: Option<Timestamp>,
    end_date: Option<Timestamp>,
    completion: Option<Percentage>,
    priority: Option<String>,
    budget: Option<Money>,
    attributes: Vec<Attribute>,
    description: Option<IgnoredAny>,
    indicators: Vec<IgnoredAny>,
}

/// Shares one string per name.
#[derive(Default)]
pub(crate) struct NameInterner(HashSet<Arc<str>>);

impl NameInterner {
    /// Returns the shared string of a name.
    pub(crate) fn intern(&mut self, name: &str) -> Arc<str> {
        match self.0.get(name) {
            Some(name) => Arc::clone(name),
            None => {
                let shared: Arc<str> = name.into();
                self.0.insert(Arc::clone(&shared));
                shared
            }
        }
    }

    /// Reads the details of a measure. `None` if it has none.
    pub(crate) fn details(
        &mut self,
        context: RowContext<'_>,
        text: &str,
    ) -> Result<Option<Box<IndexedDetails>>, StorageError> {
        if text == EMPTY {
            return Ok(None);
        }
        let stored: StoredDetails = context.parse_json("details", text)?;
        let mut names = |names: Vec<String>| names.iter().map(|name| self.intern(name)).collect();
        let (responsible_parties, partners) = (names(stored.responsible_parties), names(stored.partners));
        let attributes = stored.attributes.iter();
        let attributes = attributes.map(|own| (self.intern(&own.name), self.intern(&own.value))).collect();
        Ok(Some(Box::new(IndexedDetails {
            responsible_parties,
            partners,
            start_date: stored.start_date,
            end_date: stored.end_date,
            completion: stored.completion,
            priority: stored.priority.map(|priority| self.intern(&priority)),
            budget: stored.budget.map(|budget| (budget.hundredths, self.intern(&budget.currency))),
            attributes,
            has_description: stored.description.is_some(),
            has_indicators: !stored.indicators.is_empty(),
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::plan::MeasureDetails;
    use passerelle_model::rich_text::RichText;

    #[test]
    fn stored_details_are_read_and_their_names_shared() {
        let details = MeasureDetails {
            responsible_parties: vec!["Voirie".to_owned()],
            partners: vec!["Voirie".to_owned(), "Parcs".to_owned()],
            end_date: Some(Timestamp::from_millis(1_000)),
            completion: Percentage::new(40),
            budget: Some(Money { hundredths: 1_250, currency: "EUR".to_owned() }),
            indicators: vec!["arbres".to_owned()],
            description: Some(RichText::default()),
            attributes: vec![Attribute { name: "Zone".to_owned(), value: "Nord".to_owned() }],
            ..MeasureDetails::default()
        };
        let context = RowContext { table: "measure", key: "1" };
        let mut names = NameInterner::default();
        let text = serde_json::to_string(&details).unwrap();
        let read = names.details(context, &text).unwrap().unwrap();
        assert_eq!((read.end_date, read.completion), (details.end_date, details.completion));
        assert_eq!(read.budget, Some((1_250, Arc::from("EUR"))));
        assert_eq!(read.attributes, [(Arc::from("Zone"), Arc::from("Nord"))]);
        assert!(read.has_description && read.has_indicators && read.priority.is_none());
        assert!(Arc::ptr_eq(&read.responsible_parties[0], &read.partners[0]));
        assert_eq!(names.details(context, "{}").unwrap(), None);
        assert!(names.details(context, "{\"completion\": 101}").is_err());
    }
}
