//! What all parts of the page of a plan need: the plan, its address, the words and the filters.

use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::published::{PublishedMeasure, PublishedPlan};
use passerelle_storage::{ReadView, StorageError};

use super::params::PlanParams;
use crate::address::{Query, compare_path, measure_path, plan_path};
use crate::change_text::shortened;
use crate::error::{FormerMeasure, PageError};
use crate::frame::Link;
use crate::words::Words;

/// Longer titles are cut.
const MAX_TITLE_CHARS: usize = 120;

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

    /// Returns the address of the comparison with the date of the request.
    pub(crate) fn compare_url(&self) -> String {
        Query::default()
            .with("from", &self.params.at)
            .with_language(self.chosen)
            .at(&compare_path(&self.name))
    }

    /// Returns the error of a number that no measure has: with the measure that had it before, if there is
    /// one.
    pub(crate) async fn no_measure(&self, view: &ReadView, number: u32) -> PageError {
        match self.former_measure(view, number).await {
            Ok(former) => PageError::NoMeasure { plan_url: self.filtered_url(&[], ""), former },
            Err(error) => error.into(),
        }
    }

    async fn former_measure(
        &self,
        view: &ReadView,
        number: u32,
    ) -> Result<Option<FormerMeasure>, StorageError> {
        let Some(former) = view.measure_with_former_number(&self.plan.key, number).await? else {
            return Ok(None);
        };
        let present = view.measures_by_key(std::slice::from_ref(&former.key)).await?.remove(&former.key);
        let title = |measure: &PublishedMeasure| shortened(&measure.title.text, MAX_TITLE_CHARS);
        Ok(Some(match present {
            Some(measure) => {
                let name = format!("{} {}", measure.label, title(&measure));
                FormerMeasure::Renumbered(Link::new(name, self.measure_url(measure.number)))
            }
            None => FormerMeasure::Removed(title(&former)),
        }))
    }

    /// Returns the address of a measure at the same date.
    pub(crate) fn measure_url(&self, number: u32) -> String {
        let query = Query::default().with("at", &self.params.at).with_language(self.chosen);
        query.at(&measure_path(&self.name, number))
    }
}
