//! Preview of publishing a plan.

use std::sync::Arc;

use passerelle_model::change::Change;
use passerelle_model::key::{DocumentKey, PlanKey};
use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{Plan, PlanStem};
use passerelle_model::published::PublishedPlan;
use passerelle_versioning::diff::plan_changes;
use passerelle_versioning::identity::{
    MeasureMatching, PlanContent, PlanKeys, RemovedContent, UpdateTimes, assign_keys,
};
use passerelle_versioning::mass_loss::MassLoss;

use crate::error::StorageError;
use crate::measure_scope::MeasureScope;
use crate::query_index::MeasureFilter;
use crate::read_view::ReadView;

/// Effect that publishing a plan would have.
#[derive(Clone, Debug)]
pub struct PublishPreview {
    /// Published plan. `None` for a new plan.
    pub before: Option<PlanContent>,
    /// Plan after publishing.
    pub after: PlanContent,
    /// Changes in the order of the change log.
    pub changes: Vec<Change>,
    /// Removed measures, if the plan would be held for confirmation.
    pub loss: Option<MassLoss>,
}

impl ReadView {
    /// Returns the changes that a plan file would publish. The plan is compared with the document whose
    /// path the file's path ends with, else with the plan of the same slug, language and year.
    pub async fn preview_publish(
        &self,
        file: &DocumentPath,
        plan: Plan,
    ) -> Result<PublishPreview, StorageError> {
        let before = match self.find_stored_plan(file, &plan).await? {
            Some(served) => Some(self.plan_content(served).await?),
            None => None,
        };
        let matching = MeasureMatching::of(&plan, before.as_ref());
        let loss = before.as_ref().and_then(|before| MassLoss::exceeding_threshold(before, Some(&matching)));
        let (key, document) = match &before {
            Some(before) => (before.plan.key.clone(), before.plan.document.clone()),
            None => (PlanKey::new(plan.heading.slug.as_str()), DocumentKey::new(file.as_str())),
        };
        let stem = PlanStem::of(file);
        let identity = PlanKeys { key: &key, document: &document, stem: stem.as_ref() };
        let after = assign_keys(
            plan,
            identity,
            before.as_ref(),
            &matching,
            &RemovedContent::default(),
            UpdateTimes::all_at(self.revision.at),
        );
        let changes = plan_changes(before.as_ref(), Some(&after));
        Ok(PublishPreview { before, after, changes, loss })
    }

    async fn find_stored_plan(
        &self,
        file: &DocumentPath,
        plan: &Plan,
    ) -> Result<Option<PublishedPlan>, StorageError> {
        let plans = self.plans().await?;
        let keys: Vec<DocumentKey> = plans.iter().map(|plan| plan.document.clone()).collect();
        let documents = self.documents_by_key(&keys).await?;
        let has_path = |served: &&PublishedPlan| {
            documents.get(&served.document).is_some_and(|document| file.ends_with(&document.path))
        };
        let has_same_heading = |served: &&PublishedPlan| {
            let (new, stored) = (&plan.heading, &served.heading);
            (&new.slug, new.lang, new.year) == (&stored.slug, stored.lang, stored.year)
        };
        Ok(plans.iter().find(has_path).or_else(|| plans.iter().find(has_same_heading)).cloned())
    }

    async fn plan_content(&self, plan: PublishedPlan) -> Result<PlanContent, StorageError> {
        let scope = MeasureScope { plan: plan.key.clone(), category: None };
        let measures = self.all_measures(&scope, &MeasureFilter::default(), &[]).await?;
        let measures = measures.into_iter().map(Arc::unwrap_or_clone).collect();
        let categories = self.category_tree(&plan.key).await?.categories().to_vec();
        Ok(PlanContent { plan, categories, measures })
    }
}
