//! What pages and measures have to do with each other.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::key::{PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::page::Term;
use passerelle_model::served::ServedMeasure;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::Address;
use crate::entity::page;
use crate::error::StorageError;
use crate::query_index::related::related;
use crate::timed::Timed;
use crate::view::View;

/// A page is related to so many measures at most, beside those that it names.
const MOST: usize = 50;

/// How a page and a measure are related.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relation {
    /// How strongly, from 0 to 1; 1 where the page names the measure.
    pub score: f64,
    /// Whether the page names the measure itself.
    pub is_named: bool,
}

/// A page that is related to a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedPage {
    /// The page.
    pub page: PageKey,
    /// The service that it describes, if it describes one.
    pub service: Option<ServiceKey>,
    /// How.
    pub relation: Relation,
}

/// The plan that pages are compared with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelatedPlan {
    /// Its key.
    pub plan: PlanKey,
    /// Its language, which pages must have.
    pub lang: Language,
    /// Whether the numbers that pages name are those of this plan: the newest one.
    pub is_newest: bool,
}

/// What a page is known by.
struct Known {
    page: PageKey,
    service: Option<ServiceKey>,
    named: Vec<u32>,
    terms: Vec<Term>,
}

impl View {
    /// The measures of a plan that are related to pages: those that a page names first, then the strongest relations.
    pub async fn related_measures(
        &self,
        plan: &RelatedPlan,
        pages: &[PageKey],
    ) -> Result<HashMap<PageKey, Vec<(Arc<ServedMeasure>, Relation)>>, StorageError> {
        let of = page::Column::Key.is_in(pages.iter().map(PageKey::as_str));
        let known = self.known_pages(Condition::all().add(of)).await?;
        let mut rows = HashMap::new();
        for page in known {
            let found = self.relations(plan, &page).await?;
            rows.insert(page.page, found);
        }
        let ids = rows.values().flatten().map(|(row_id, _)| *row_id).collect();
        let measures = self.measures_of_rows(ids).await?;
        let filled = |(page, found): (PageKey, Vec<(i64, Relation)>)| {
            let measure = |(row_id, relation)| Some((measures.get(&row_id)?.clone(), relation));
            (page, found.into_iter().filter_map(measure).collect())
        };
        Ok(rows.into_iter().map(filled).collect())
    }

    /// The pages that are related to the measures of a plan, by number: those that name the measure first, then the
    /// strongest relations.
    pub async fn related_pages(
        &self,
        plan: &RelatedPlan,
    ) -> Result<HashMap<u32, Vec<RelatedPage>>, StorageError> {
        let held = self.held(&plan.plan).await?;
        let numbers: HashMap<i64, u32> =
            held.index.measures().iter().map(|measure| (measure.row_id, measure.number)).collect();
        let mut pages: HashMap<u32, Vec<RelatedPage>> = HashMap::new();
        let of = Condition::all().add(page::Column::Lang.eq(plan.lang.code()));
        for known in self.known_pages(of).await? {
            for (row_id, relation) in self.relations(plan, &known).await? {
                let Some(number) = numbers.get(&row_id) else { continue };
                let (page, service) = (known.page.clone(), known.service.clone());
                pages.entry(*number).or_default().push(RelatedPage { page, service, relation });
            }
        }
        let sorted = |(number, mut related): (u32, Vec<RelatedPage>)| {
            related.sort_by(|a, b| {
                let strength = |page: &RelatedPage| (page.relation.is_named, page.relation.score);
                strength(b).partial_cmp(&strength(a)).unwrap_or(std::cmp::Ordering::Equal)
            });
            (number, related)
        };
        Ok(pages.into_iter().map(sorted).collect())
    }

    /// The rows of the measures that are related to a page.
    async fn relations(
        &self,
        plan: &RelatedPlan,
        page: &Known,
    ) -> Result<Vec<(i64, Relation)>, StorageError> {
        let held = self.held(&plan.plan).await?;
        let named = if plan.is_newest { page.named.as_slice() } else { &[] };
        let mut found: Vec<(i64, Relation)> = Vec::new();
        for measure in named.iter().filter_map(|number| held.index.numbered(*number)) {
            if found.iter().all(|(row_id, _)| *row_id != measure.row_id) {
                found.push((measure.row_id, Relation { score: 1.0, is_named: true }));
            }
        }
        let words = held.words(self, &plan.plan).await?;
        let count = found.len();
        for relation in related(&page.terms, words).into_iter().take(MOST) {
            let row_id = held.index.measures()[relation.at].row_id;
            if found[..count].iter().all(|(named, _)| *named != row_id) {
                found.push((row_id, Relation { score: relation.score, is_named: false }));
            }
        }
        Ok(found)
    }

    /// What pages are known by, in the order of their keys.
    async fn known_pages(&self, of: Condition) -> Result<Vec<Known>, StorageError> {
        let rows: Vec<(String, Option<String>, String, String)> = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(of)
            .order_by_asc(page::Column::Key)
            .select_only()
            .columns([
                page::Column::Key,
                page::Column::ServiceKey,
                page::Column::RelatedMeasures,
                page::Column::Terms,
            ])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let known = |(key, service, named, terms): (String, Option<String>, String, String)| {
            let at = Address { table: "page", key: &key };
            Ok(Known {
                service: service.map(ServiceKey::new),
                named: at.json("related_measures", &named)?,
                terms: at.json("terms", &terms)?,
                page: PageKey::new(key),
            })
        };
        rows.into_iter().map(known).collect()
    }
}
