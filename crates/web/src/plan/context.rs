//! What all parts of the page of a plan need: the plan, its address, the words and the filters.

use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::published::PublishedPlan;

use super::params::PlanParams;
use crate::address::{Query, measure_path, plan_path};
use crate::words::Words;

/// Plan of a request and how it is shown.
pub(crate) struct PlanContext {
    pub(crate) plan: PublishedPlan,
    /// Name of the plan in addresses.
    pub(crate) name: String,
    pub(crate) words: &'static Words,
    /// Language that the reader chose. Links repeat it.
    pub(crate) chosen: Option<Language>,
    pub(crate) params: PlanParams,
}

impl PlanContext {
    /// Returns the address of the plan with a query string.
    pub(crate) fn url(&self, query: Query) -> String {
        query.with_language(self.chosen).at(&plan_path(&self.name))
    }

    /// Returns the address of the plan with one filter at the same date.
    pub(crate) fn filtered_url(&self, statuses: &[MeasureStatus], category: &str) -> String {
        let filter = PlanParams {
            statuses: statuses.to_vec(),
            category: category.to_owned(),
            ..PlanParams::default()
        };
        self.url(filter.query().with("at", &self.params.at)) + "#measures"
    }

    /// Returns the address of a measure at the same date.
    pub(crate) fn measure_url(&self, number: u32) -> String {
        let query = Query::default().with("at", &self.params.at).with_language(self.chosen);
        query.at(&measure_path(&self.name, number))
    }
}
