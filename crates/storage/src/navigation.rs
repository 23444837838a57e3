//! Entries of the navigation, without the content of their pages.

use passerelle_model::key::{PageKey, Slug};
use passerelle_model::language::Language;
use passerelle_model::page::{NavigationCandidate, NavigationEntry};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::column::RowContext;
use crate::entity::page;
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// A page of the navigation, with the fields that an address and a label need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavigationPage {
    /// Stable key of the page.
    pub key: PageKey,
    /// Slug of the page.
    pub slug: Slug,
    /// Name of the page, or its title if it has no name.
    pub name: String,
}

#[derive(FromQueryResult)]
struct NavigationRow {
    key: String,
    slug: String,
    title: String,
    name: Option<String>,
    translation_key: Option<String>,
    sort_order: Option<i32>,
    navigation: String,
}

impl NavigationRow {
    fn into_candidate(self) -> Result<NavigationCandidate<NavigationPage>, StorageError> {
        let context = RowContext { table: "page", key: &self.key };
        let entry: NavigationEntry = context.parse_json("navigation", &self.navigation)?;
        let slug = context.parse_slug(&self.slug)?;
        let names = [self.name.clone(), Some(self.title.clone()), self.translation_key];
        Ok(NavigationCandidate {
            entry,
            names: names.into_iter().flatten().collect(),
            order: self.sort_order,
            page: NavigationPage { key: PageKey::new(self.key), slug, name: self.name.unwrap_or(self.title) },
        })
    }
}

impl ReadView {
    /// Returns the navigation entries of the pages in a language, with their names.
    pub async fn navigation_candidates(
        &self,
        lang: Language,
    ) -> Result<Vec<NavigationCandidate<NavigationPage>>, StorageError> {
        use page::Column;
        let columns = [
            Column::Key,
            Column::Slug,
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
            .into_model::<NavigationRow>()
            .all(&self.read_pool)
            .await?;
        rows.into_iter().map(NavigationRow::into_candidate).collect()
    }
}
