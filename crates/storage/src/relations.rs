//! Relations between pages and measures.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use passerelle_model::key::{PageKey, PlanKey, ServiceKey};
use passerelle_model::language::Language;
use passerelle_model::page::Term;
use passerelle_model::published::PublishedMeasure;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::RowContext;
use crate::entity::page;
use crate::error::StorageError;
use crate::query_index::related::rank_related;
use crate::read_view::ReadView;
use crate::row_id::RowId;
use crate::versioned::Versioned;

/// Maximum number of related measures per page, besides those that the page names.
pub const MAX_RELATED_MEASURES: usize = 50;

/// Relation between a page and a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasureRelation {
    /// Strength from 0 to 1. It is 1 if the page names the measure.
    pub score: f64,
    /// True if the page names the measure by its number.
    pub is_named: bool,
}

/// A page that is related to a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct RelatedPage {
    /// Key of the page.
    pub page: PageKey,
    /// Support service that the page describes. `None` if it describes none.
    pub service: Option<ServiceKey>,
    /// Strength and origin of the relation.
    pub relation: MeasureRelation,
}

/// Measure that is related to a page.
pub type RelatedMeasure = (Arc<PublishedMeasure>, MeasureRelation);

/// Pages that are related to the measures of a plan, by number of the measure.
pub type RelatedPages = HashMap<u32, Vec<RelatedPage>>;

/// Plan whose measures are related to pages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationTarget {
    /// Key of the plan.
    pub plan: PlanKey,
    /// Language of the plan. Pages must have the same language.
    pub lang: Language,
    /// True if measure numbers in pages refer to this plan, which is the latest edition.
    pub is_newest: bool,
}

/// Keywords of a page.
struct PageTerms {
    page: PageKey,
    lang: Language,
    service: Option<ServiceKey>,
    explicit_numbers: Vec<u32>,
    terms: Vec<Term>,
}

impl ReadView {
    /// Returns the measures that are related to pages. Named measures come first, then the strongest
    /// relations.
    pub async fn related_measures(
        &self,
        pairs: &[(RelationTarget, PageKey)],
    ) -> Result<HashMap<(RelationTarget, PageKey), Vec<RelatedMeasure>>, StorageError> {
        let pages: BTreeSet<&str> = pairs.iter().map(|(_, page)| page.as_str()).collect();
        let condition = Condition::all().add(page::Column::Key.is_in(pages));
        let terms: HashMap<PageKey, PageTerms> = self
            .load_page_terms(condition)
            .await?
            .into_iter()
            .map(|page_terms| (page_terms.page.clone(), page_terms))
            .collect();
        let mut rows = Vec::new();
        for (plan, page) in pairs {
            let Some(page_terms) = terms.get(page) else { continue };
            rows.push(((plan.clone(), page.clone()), self.relations(plan, page_terms).await?));
        }
        let ids = rows.iter().flat_map(|(_, found)| found).map(|(row_id, _)| *row_id).collect();
        let measures = self.measures_by_row_id(ids).await?;
        let with_measures = |(pair, found): (_, Vec<(RowId, MeasureRelation)>)| {
            let measure = |(row_id, relation)| Some((measures.get(&row_id)?.clone(), relation));
            (pair, found.into_iter().filter_map(measure).collect())
        };
        Ok(rows.into_iter().map(with_measures).collect())
    }

    /// Returns the pages that are related to the measures of plans, by number. Pages that name the measure
    /// come first, then the strongest relations. One statement loads the keywords of all pages.
    pub async fn related_pages(
        &self,
        plans: &[RelationTarget],
    ) -> Result<HashMap<RelationTarget, RelatedPages>, StorageError> {
        let languages: BTreeSet<&str> = plans.iter().map(|plan| plan.lang.code()).collect();
        let condition = Condition::all().add(page::Column::Lang.is_in(languages));
        let pages = self.load_page_terms(condition).await?;
        let mut related = HashMap::new();
        for plan in plans {
            let of_plan = self.related_pages_of_plan(plan, &pages).await?;
            related.insert(plan.clone(), of_plan);
        }
        Ok(related)
    }

    async fn related_pages_of_plan(
        &self,
        plan: &RelationTarget,
        page_terms: &[PageTerms],
    ) -> Result<RelatedPages, StorageError> {
        let cached = self.measure_index(&plan.plan).await?;
        let numbers: HashMap<RowId, u32> =
            cached.index.measures().iter().map(|measure| (measure.row_id, measure.number)).collect();
        let mut pages = RelatedPages::new();
        for page_terms in page_terms.iter().filter(|page| page.lang == plan.lang) {
            for (row_id, relation) in self.relations(plan, page_terms).await? {
                let Some(number) = numbers.get(&row_id) else { continue };
                let (page, service) = (page_terms.page.clone(), page_terms.service.clone());
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

    /// Returns the row ids of the measures that are related to a page.
    async fn relations(
        &self,
        plan: &RelationTarget,
        page: &PageTerms,
    ) -> Result<Vec<(RowId, MeasureRelation)>, StorageError> {
        let cached = self.measure_index(&plan.plan).await?;
        let explicit = if plan.is_newest { page.explicit_numbers.as_slice() } else { &[] };
        let mut found: Vec<(RowId, MeasureRelation)> = Vec::new();
        for measure in explicit.iter().filter_map(|number| cached.index.find_by_number(*number)) {
            if found.iter().all(|(row_id, _)| *row_id != measure.row_id) {
                found.push((measure.row_id, MeasureRelation { score: 1.0, is_named: true }));
            }
        }
        let words = self.title_words(&cached, &plan.plan).await?;
        let count = found.len();
        for relation in rank_related(&page.terms, words).into_iter().take(MAX_RELATED_MEASURES) {
            let row_id = cached.index.measures()[relation.at].row_id;
            if found[..count].iter().all(|(named, _)| *named != row_id) {
                found.push((row_id, MeasureRelation { score: relation.score, is_named: false }));
            }
        }
        Ok(found)
    }

    /// Loads the keywords of pages, ordered by page key.
    async fn load_page_terms(&self, condition: Condition) -> Result<Vec<PageTerms>, StorageError> {
        type PageTermsRow = (String, String, Option<String>, String, String);
        let rows: Vec<PageTermsRow> = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(condition)
            .order_by_asc(page::Column::Key)
            .select_only()
            .columns([
                page::Column::Key,
                page::Column::Lang,
                page::Column::ServiceKey,
                page::Column::RelatedMeasures,
                page::Column::Terms,
            ])
            .into_tuple()
            .all(&self.read_pool)
            .await?;
        let to_page_terms = |(key, lang, service, named, terms): PageTermsRow| {
            let context = RowContext { table: "page", key: &key };
            Ok(PageTerms {
                lang: context.parse_lang(&lang)?,
                service: service.map(ServiceKey::new),
                explicit_numbers: context.parse_json("related_measures", &named)?,
                terms: context.parse_json("terms", &terms)?,
                page: PageKey::new(key),
            })
        };
        rows.into_iter().map(to_page_terms).collect()
    }
}
