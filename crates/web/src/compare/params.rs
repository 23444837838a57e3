//! Query string of a comparison.

use passerelle_model::timestamp::Timestamp;

use crate::address::Query;
use crate::error::PageError;
use crate::plan::end_of_date;

/// Maximum length of a value in characters: a time, or the name of an edition.
const MAX_CHARS: usize = 200;

/// Parsed query string. Unknown parameters are ignored.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompareParams {
    pub(crate) lang: Option<String>,
    /// First date, as written. Empty if none is chosen yet.
    pub(crate) from: String,
    /// Second date, as written. Empty for the present.
    pub(crate) to: String,
    /// Name of an edition to compare with. It takes precedence over the first date.
    pub(crate) with: String,
}

impl CompareParams {
    pub(crate) fn parse(pairs: Vec<(String, String)>) -> Self {
        let mut params = Self::default();
        for (name, value) in pairs {
            let value: String = value.trim().chars().take(MAX_CHARS).collect();
            match name.as_str() {
                "lang" => params.lang = Some(value),
                "from" => params.from = value,
                "to" => params.to = value,
                "with" => params.with = value,
                _ => {}
            }
        }
        params
    }

    /// Returns the first date.
    pub(crate) fn from(&self) -> Result<Option<Timestamp>, PageError> {
        end_of_date(&self.from)
    }

    /// Returns the whole query string except the language.
    pub(crate) fn query(&self) -> Query {
        Query::default().with("from", &self.from).with("to", &self.to).with("with", &self.with)
    }
}
