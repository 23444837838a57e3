//! What a plan would change if it were published.

use std::sync::Arc;

use passerelle_model::change::Change;
use passerelle_model::key::{DocumentKey, PlanKey};
use passerelle_model::plan::Plan;
use passerelle_model::served::ServedPlan;
use passerelle_versioning::diff::plan_changes;
use passerelle_versioning::guard::Loss;
use passerelle_versioning::identity::{Pairing, Past, PlanContent, PlanIdentity, identify};

use crate::error::StorageError;
use crate::measures::MeasureScope;
use crate::query_index::MeasureFilter;
use crate::view::View;

/// What a plan would change.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// What is served of it; none for a plan that is new.
    pub before: Option<PlanContent>,
    /// What would be.
    pub after: PlanContent,
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// What it would take away, if that is so much that it would wait for a person's word.
    pub loss: Option<Loss>,
}

impl View {
    /// What a plan would change if it were read from a file. It is compared with the plan of the document that the file's
    /// path ends with, else with that of the same slug, language and year.
    pub async fn forecast(&self, file: &str, plan: Plan) -> Result<Forecast, StorageError> {
        let before = match self.counterpart(file, &plan).await? {
            Some(served) => Some(self.content(served).await?),
            None => None,
        };
        let pairing = Pairing::of(&plan, before.as_ref());
        let loss = before.as_ref().and_then(|before| Loss::beyond_measure(before, Some(&pairing)));
        let (key, document) = match &before {
            Some(before) => (before.plan.key.clone(), before.plan.document.clone()),
            None => (PlanKey::new(plan.heading.slug.as_str()), DocumentKey::new(file)),
        };
        let identity = PlanIdentity { key: &key, document: &document };
        let after = identify(plan, identity, before.as_ref(), &pairing, &Past::default(), self.revision.at);
        let changes = plan_changes(before.as_ref(), Some(&after));
        Ok(Forecast { before, after, changes, loss })
    }

    async fn counterpart(&self, file: &str, plan: &Plan) -> Result<Option<ServedPlan>, StorageError> {
        let plans = self.plans().await?;
        let keys: Vec<DocumentKey> = plans.iter().map(|plan| plan.document.clone()).collect();
        let documents = self.documents_by_key(&keys).await?;
        let is_file = |served: &&ServedPlan| {
            documents.get(&served.document).is_some_and(|document| {
                let path = document.path.as_str();
                file == path || file.strip_suffix(path).is_some_and(|folder| folder.ends_with('/'))
            })
        };
        let is_like = |served: &&ServedPlan| {
            let (own, other) = (&plan.heading, &served.heading);
            (&own.slug, own.lang, own.year) == (&other.slug, other.lang, other.year)
        };
        Ok(plans.iter().find(is_file).or_else(|| plans.iter().find(is_like)).cloned())
    }

    async fn content(&self, plan: ServedPlan) -> Result<PlanContent, StorageError> {
        let scope = MeasureScope { plan: plan.key.clone(), category: None };
        let measures = self.all_measures(&scope, &MeasureFilter::default(), &[]).await?;
        let measures = measures.into_iter().map(Arc::unwrap_or_clone).collect();
        let categories = self.category_tree(&plan.key).await?.all().to_vec();
        Ok(PlanContent { plan, categories, measures })
    }
}
