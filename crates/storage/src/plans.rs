//! Queries for plans and their categories.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::published::PublishedPlan;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::convert::plan::to_plan;
use crate::entity::{category, plan};
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::row_cache::CachedPlans;
use crate::versioned::Versioned;

impl ReadView {
    /// Returns all plans, ordered by year (newest first), language and title.
    pub async fn plans(&self) -> Result<Vec<PublishedPlan>, StorageError> {
        let live = plan::Entity::live(self.revision.number);
        let rows = plan::Entity::find().filter(live).all(&self.read_pool).await?;
        let mut plans = rows.into_iter().map(to_plan).collect::<Result<Vec<_>, _>>()?;
        plans.sort_by(|a, b| {
            let order = |plan: &PublishedPlan| (std::cmp::Reverse(plan.heading.year), plan.heading.lang);
            order(a).cmp(&order(b)).then_with(|| (&a.heading.title, &a.key).cmp(&(&b.heading.title, &b.key)))
        });
        Ok(plans)
    }

    /// Returns the plans of categories, by category key.
    pub async fn plans_of_categories(
        &self,
        keys: &[CategoryKey],
    ) -> Result<HashMap<CategoryKey, PlanKey>, StorageError> {
        let rows = category::Entity::find()
            .filter(category::Entity::live(self.revision.number))
            .filter(category::Column::Key.is_in(keys.iter().map(CategoryKey::as_str)))
            .all(&self.read_pool)
            .await?;
        Ok(rows.into_iter().map(|row| (CategoryKey::new(row.key), PlanKey::new(row.plan_key))).collect())
    }

    /// Returns the same plans as [`ReadView::plans`]. Runs no statement if they are cached for this revision.
    pub async fn cached_plans(&self) -> Result<CachedPlans, StorageError> {
        match self.row_cache.plans(self.revision.number) {
            Some(plans) => Ok(plans),
            // Boxed to keep the future of a cache hit small.
            None => Box::pin(self.load_plans()).await,
        }
    }

    async fn load_plans(&self) -> Result<CachedPlans, StorageError> {
        let at = self.revision.number;
        let _guard = self.row_cache.load_lock.lock().await;
        if let Some(plans) = self.row_cache.plans(at) {
            return Ok(plans);
        }
        let plans = Arc::new(self.plans().await?.into_iter().map(Arc::new).collect());
        self.row_cache.insert_plans(at, &plans);
        Ok(plans)
    }
}
