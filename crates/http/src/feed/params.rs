//! Query string of the feed.

use passerelle_api::ApiError;
use passerelle_model::change::ChangeKind;
use passerelle_storage::{ChangeFilter, ReadView, plans_named};

/// Parsed query string of the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FeedParams {
    /// Sorted, without duplicates. Empty for all kinds.
    pub(super) kinds: Vec<ChangeKind>,
    /// Slug of a plan, or slug and year. `None` for the changes of all objects.
    pub(super) plan: Option<String>,
}

impl FeedParams {
    pub(super) fn parse(pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut params = Self::default();
        for (name, value) in pairs {
            if !matches!(name.as_str(), "kind" | "plan") {
                return Err(ApiError::BadInput(format!("{name:?} is not a parameter. Use kind or plan")));
            }
            if value.is_empty() {
                continue;
            }
            if name == "plan" {
                params.plan = Some(value);
                continue;
            }
            let unknown = || {
                let known = ChangeKind::ALL.map(ChangeKind::name).join(", ");
                ApiError::BadInput(format!("`kind` must be one of {known}, not {value:?}"))
            };
            params.kinds.push(ChangeKind::from_name(&value).ok_or_else(unknown)?);
        }
        params.kinds.sort_unstable();
        params.kinds.dedup();
        Ok(params)
    }

    /// Returns the filter of the changes. An error if the plan does not exist.
    pub(super) async fn filter(&self, view: &ReadView) -> Result<ChangeFilter, ApiError> {
        let plan = match &self.plan {
            None => None,
            Some(name) => {
                let plans = view.cached_plans().await?;
                let found = plans_named(&plans, Some(name), None).first().map(|plan| plan.key.clone());
                let unknown = || ApiError::BadInput(format!("no plan is named {name:?}"));
                Some(found.ok_or_else(unknown)?)
            }
        };
        Ok(ChangeFilter { kinds: self.kinds.clone(), plan, ..ChangeFilter::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_parameters_use_schema_names() {
        let kinds = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            FeedParams::parse(pairs.collect()).ok().map(|params| params.kinds)
        };
        assert_eq!(kinds(&[("kind", "")]), Some(Vec::new()));
        let both = [("kind", "STATUS_CHANGED"), ("kind", "MEASURE_ADDED"), ("kind", "STATUS_CHANGED")];
        assert_eq!(kinds(&both), Some(vec![ChangeKind::MeasureAdded, ChangeKind::StatusChanged]));
        assert_eq!(kinds(&[("kind", "status_changed")]), None);
        assert_eq!(kinds(&[("kinds", "STATUS_CHANGED")]), None);
    }
}
