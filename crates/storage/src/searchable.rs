//! What is to be found by searching: everything that is served at a revision, or what came and went since another.
//!
//! A search index is brought from one revision to the next by the rows that began and ended between them. Both are read by
//! their ids, in parts, so that a hundred thousand pages are never in memory at once.

use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::page::{Heading, NavigationCandidate, NavigationEntry};
use passerelle_model::plan::{CategoryLevel, CategoryPath};
use passerelle_model::served::ServedService;
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::column::Address;
use crate::entity::{category, measure, page, plan, revision, support_service};
use crate::error::StorageError;
use crate::history::pruned_revision;
use crate::services::to_service;
use crate::timed::Timed;
use crate::view::View;

/// The kinds of things that are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SearchKind {
    /// A measure of a plan.
    Measure,
    /// A category of a plan.
    Category,
    /// A page.
    Page,
    /// A support service.
    SupportService,
}

impl SearchKind {
    /// Every kind, in the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Measure, Self::Category, Self::Page, Self::SupportService];
}

/// A thing that is to be found, by the row that says what it is at the moment. A row says the same for as long as it lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Searchable {
    /// The row.
    pub row_id: i64,
    /// The language that its words are of.
    pub lang: Language,
    /// What it is.
    pub words: SearchableWords,
}

/// What a thing is found by.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchableWords {
    /// A measure.
    Measure {
        /// Its key.
        key: MeasureKey,
        /// Its plan.
        plan: PlanKey,
        /// Its number.
        number: u32,
        /// Its title.
        title: String,
        /// The programme that its status names.
        programme: Option<String>,
    },
    /// A category.
    Category {
        /// Its key.
        key: CategoryKey,
        /// Its plan.
        plan: PlanKey,
        /// How far from the trunk.
        level: CategoryLevel,
        /// Where it stands.
        path: CategoryPath,
        /// Its title.
        title: String,
    },
    /// A page.
    Page {
        /// Its key.
        key: PageKey,
        /// Its first heading, else its name.
        title: String,
        /// The short name of the front matter.
        name: Option<String>,
        /// Its tags.
        tags: Vec<String>,
        /// Its headings.
        headings: Vec<Heading>,
        /// All of its text.
        text: String,
    },
    /// A support service.
    SupportService(Box<ServedService>),
}

impl SearchableWords {
    /// Of which kind it is.
    pub fn kind(&self) -> SearchKind {
        match self {
            Self::Measure { .. } => SearchKind::Measure,
            Self::Category { .. } => SearchKind::Category,
            Self::Page { .. } => SearchKind::Page,
            Self::SupportService(_) => SearchKind::SupportService,
        }
    }
}

/// From where on things are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchableFrom {
    /// Those of later revisions than this.
    pub since: RevisionNumber,
    /// Those of rows after this one. Rows are numbered as they come, but for one thing: a number that is pruned away may be
    /// given again.
    pub row_id: i64,
}

/// What an index that stands at a revision must know before it goes on from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchGround {
    /// When that revision was published; none where the database has no such revision.
    pub at: Option<Timestamp>,
    /// What ended until this one is gone.
    pub pruned: RevisionNumber,
}

#[derive(FromQueryResult)]
struct MeasureRow {
    row_id: i64,
    key: String,
    plan_key: String,
    number: i32,
    title_text: String,
    programme: Option<String>,
}

#[derive(FromQueryResult)]
struct CategoryRow {
    row_id: i64,
    key: String,
    plan_key: String,
    level: String,
    path: String,
    title: String,
}

#[derive(FromQueryResult)]
struct PageRow {
    row_id: i64,
    key: String,
    lang: String,
    title: String,
    name: Option<String>,
    tags: String,
    table_of_contents: String,
    content_text: String,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    key: String,
    title: String,
    name: Option<String>,
    translation_key: Option<String>,
    sort_order: Option<i32>,
    navigation: String,
}

impl PlaceRow {
    fn candidate(self) -> Result<NavigationCandidate<(PageKey, String)>, StorageError> {
        let entry: NavigationEntry =
            Address { table: "page", key: &self.key }.json("navigation", &self.navigation)?;
        let names = [self.name.clone(), Some(self.title.clone()), self.translation_key];
        Ok(NavigationCandidate {
            entry,
            names: names.into_iter().flatten().collect(),
            order: self.sort_order,
            page: (PageKey::new(self.key), self.name.unwrap_or(self.title)),
        })
    }
}

impl View {
    /// What is known of a revision that an index stands at.
    pub async fn search_ground(&self, index: Revision) -> Result<SearchGround, StorageError> {
        let pruned = RevisionNumber::new(pruned_revision(&self.reader).await?);
        let row = revision::Entity::find_by_id(index.number.get()).one(&self.reader).await?;
        // The one before the first has no row.
        let before_all = (index == Revision::default()).then(Timestamp::default);
        Ok(SearchGround { at: row.map(|row| Timestamp::from_millis(row.at)).or(before_all), pruned })
    }

    /// The languages of the plans.
    pub async fn plan_languages(&self) -> Result<HashMap<PlanKey, Language>, StorageError> {
        let rows: Vec<(String, String)> = plan::Entity::find()
            .filter(plan::Entity::live(self.revision.number))
            .select_only()
            .columns([plan::Column::Key, plan::Column::Lang])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let language = |(key, lang): (String, String)| {
            let lang = Address { table: "plan", key: &key }.lang(&lang)?;
            Ok((PlanKey::new(key), lang))
        };
        rows.into_iter().map(language).collect()
    }

    /// Whether a plan is in another language than it was at an earlier revision. Its measures may be of the same rows.
    pub async fn plans_changed_language(&self, since: RevisionNumber) -> Result<bool, StorageError> {
        let before: Vec<(String, String)> = plan::Entity::find()
            .filter(ended::<plan::Entity>(since, self.revision.number))
            .select_only()
            .columns([plan::Column::Key, plan::Column::Lang])
            .into_tuple()
            .all(&self.reader)
            .await?;
        if before.is_empty() {
            return Ok(false);
        }
        let now = self.plan_languages().await?;
        let is_other =
            |(key, lang): (String, String)| now.get(&PlanKey::new(key)).is_some_and(|now| now.code() != lang);
        Ok(before.into_iter().any(is_other))
    }

    /// The pages of a language that ask for a place in the navigation, by name alone.
    pub async fn navigation_places(
        &self,
        lang: Language,
    ) -> Result<Vec<NavigationCandidate<(PageKey, String)>>, StorageError> {
        use page::Column;
        let columns = [
            Column::Key,
            Column::Title,
            Column::Name,
            Column::TranslationKey,
            Column::SortOrder,
            Column::Navigation,
        ];
        let rows = page::Entity::find()
            .filter(page::Entity::live(self.revision.number))
            .filter(Column::Navigation.is_not_null())
            .filter(Column::Lang.eq(lang.code()))
            .order_by_asc(Column::TitleFolded)
            .order_by_asc(Column::Key)
            .select_only()
            .columns(columns)
            .into_model::<PlaceRow>()
            .all(&self.reader)
            .await?;
        rows.into_iter().map(PlaceRow::candidate).collect()
    }

    /// The rows of a kind that were served at a revision and are no more.
    pub async fn no_longer_searchable(
        &self,
        kind: SearchKind,
        since: RevisionNumber,
    ) -> Result<Vec<i64>, StorageError> {
        match kind {
            SearchKind::Measure => self.ended_rows::<measure::Entity>(since).await,
            SearchKind::Category => self.ended_rows::<category::Entity>(since).await,
            SearchKind::Page => self.ended_rows::<page::Entity>(since).await,
            SearchKind::SupportService => self.ended_rows::<support_service::Entity>(since).await,
        }
    }

    async fn ended_rows<E: Timed>(&self, since: RevisionNumber) -> Result<Vec<i64>, StorageError> {
        let select = E::find().filter(ended::<E>(since, self.revision.number)).select_only();
        Ok(select.column(E::ROW_ID).into_tuple().all(&self.reader).await?)
    }

    /// The first so many things of a kind from somewhere on, by row. `languages` are those of the plans.
    pub async fn searchable(
        &self,
        kind: SearchKind,
        from: SearchableFrom,
        limit: u64,
        languages: &HashMap<PlanKey, Language>,
    ) -> Result<Vec<Searchable>, StorageError> {
        match kind {
            SearchKind::Measure => self.searchable_measures(from, limit, languages).await,
            SearchKind::Category => self.searchable_categories(from, limit, languages).await,
            SearchKind::Page => self.searchable_pages(from, limit).await,
            SearchKind::SupportService => self.searchable_services(from, limit).await,
        }
    }

    fn begun<E: Timed>(&self, from: SearchableFrom, limit: u64) -> Select<E> {
        E::find()
            .filter(E::live(self.revision.number))
            .filter(E::FROM.gt(from.since.get()))
            .filter(E::ROW_ID.gt(from.row_id))
            .order_by_asc(E::ROW_ID)
            .limit(limit)
    }

    async fn searchable_measures(
        &self,
        from: SearchableFrom,
        limit: u64,
        languages: &HashMap<PlanKey, Language>,
    ) -> Result<Vec<Searchable>, StorageError> {
        use measure::Column;
        let columns = [
            Column::RowId,
            Column::Key,
            Column::PlanKey,
            Column::Number,
            Column::TitleText,
            Column::Programme,
        ];
        let select = self.begun::<measure::Entity>(from, limit).select_only().columns(columns);
        let rows = select.into_model::<MeasureRow>().all(&self.reader).await?;
        let searchable = |row: MeasureRow| {
            let plan = PlanKey::new(row.plan_key);
            let number = Address { table: "measure", key: &row.key }.number("number", row.number)?;
            Ok(Searchable {
                row_id: row.row_id,
                lang: languages.get(&plan).copied().unwrap_or_default(),
                words: SearchableWords::Measure {
                    key: MeasureKey::new(row.key),
                    plan,
                    number,
                    title: row.title_text,
                    programme: row.programme,
                },
            })
        };
        rows.into_iter().map(searchable).collect()
    }

    async fn searchable_categories(
        &self,
        from: SearchableFrom,
        limit: u64,
        languages: &HashMap<PlanKey, Language>,
    ) -> Result<Vec<Searchable>, StorageError> {
        use category::Column;
        let columns =
            [Column::RowId, Column::Key, Column::PlanKey, Column::Level, Column::Path, Column::Title];
        let select = self.begun::<category::Entity>(from, limit).select_only().columns(columns);
        let rows = select.into_model::<CategoryRow>().all(&self.reader).await?;
        let searchable = |row: CategoryRow| {
            let plan = PlanKey::new(row.plan_key);
            let at = Address { table: "category", key: &row.key };
            let level = at.name("level", &row.level, CategoryLevel::from_name)?;
            Ok(Searchable {
                row_id: row.row_id,
                lang: languages.get(&plan).copied().unwrap_or_default(),
                words: SearchableWords::Category {
                    key: CategoryKey::new(row.key),
                    plan,
                    level,
                    path: CategoryPath::new(row.path),
                    title: row.title,
                },
            })
        };
        rows.into_iter().map(searchable).collect()
    }

    async fn searchable_pages(
        &self,
        from: SearchableFrom,
        limit: u64,
    ) -> Result<Vec<Searchable>, StorageError> {
        use page::Column;
        let columns = [
            Column::RowId,
            Column::Key,
            Column::Lang,
            Column::Title,
            Column::Name,
            Column::Tags,
            Column::TableOfContents,
            Column::ContentText,
        ];
        let select = self.begun::<page::Entity>(from, limit).select_only().columns(columns);
        let rows = select.into_model::<PageRow>().all(&self.reader).await?;
        let searchable = |row: PageRow| {
            let at = Address { table: "page", key: &row.key };
            Ok(Searchable {
                row_id: row.row_id,
                lang: at.lang(&row.lang)?,
                words: SearchableWords::Page {
                    tags: at.json("tags", &row.tags)?,
                    headings: at.json("table_of_contents", &row.table_of_contents)?,
                    key: PageKey::new(row.key),
                    title: row.title,
                    name: row.name,
                    text: row.content_text,
                },
            })
        };
        rows.into_iter().map(searchable).collect()
    }

    async fn searchable_services(
        &self,
        from: SearchableFrom,
        limit: u64,
    ) -> Result<Vec<Searchable>, StorageError> {
        let rows = self.begun::<support_service::Entity>(from, limit).all(&self.reader).await?;
        let searchable = |row: support_service::Model| {
            let row_id = row.row_id;
            let service = to_service(row)?;
            let lang = service.service.lang;
            Ok(Searchable { row_id, lang, words: SearchableWords::SupportService(Box::new(service)) })
        };
        rows.into_iter().map(searchable).collect()
    }
}

/// The rows that were served at a revision, and ended until another.
fn ended<E: Timed>(since: RevisionNumber, at: RevisionNumber) -> Condition {
    Condition::all().add(E::UNTIL.gt(since.get())).add(E::UNTIL.lte(at.get())).add(E::FROM.lte(since.get()))
}
