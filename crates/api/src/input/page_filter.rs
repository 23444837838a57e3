//! Filter and sort order for pages.

use async_graphql::{Enum, InputObject};
use passerelle_model::checksum::Checksum;
use passerelle_model::key::{Slug, TranslationKey};
use passerelle_model::page::{Collection, CollectionOrder};
use passerelle_model::path::FolderPath;
use passerelle_storage::query_index::Direction;
use passerelle_storage::{PageFilter, PageOrder, PageQuery};

use super::pagination::PaginationArgs;
use crate::error::ApiError;
use crate::object::{Language, OrderDirection};

/// Maximum number of values in a list of a filter: as many as the largest range of a paginated list.
const MAX_VALUES: usize = 100;

/// Conditions for pages. A page must satisfy all of them. Null and empty lists are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "PageFilter")]
pub(crate) struct PageFilterInput {
    /// The language is one of these.
    lang: Option<Vec<Language>>,
    /// The slug is one of these, at most 100, for example `contact`.
    slug: Option<Vec<String>>,
    /// The translation key is one of these, at most 100.
    translation_key: Option<Vec<String>>,
    /// The file of the page is in this folder or below it, for example `formations`.
    folder: Option<String>,
    /// The page has at least one of these tags, at most 100. Case and accents are ignored.
    tag: Option<Vec<String>>,
    /// If true, the page describes a support service. If false, it describes none.
    is_support_service: Option<bool>,
}

/// Sort key for pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum PageOrderField {
    /// The field `order` of the page. Pages without it sort as if it were the largest number.
    Order,
    /// Title of the page. Case and accents are ignored.
    Title,
    /// Creation time of the page. Pages without it sort as if it were the earliest time.
    CreatedAt,
    /// Time of the last change.
    UpdatedAt,
}

/// Sort key and direction for pages, for example `{field: TITLE, direction: ASC}`.
#[derive(Clone, Copy, Debug, InputObject)]
#[graphql(name = "PageOrder")]
pub(crate) struct PageOrderInput {
    /// Sort key of the list.
    field: PageOrderField,
    /// Sort direction of the list.
    direction: OrderDirection,
}

impl PageFilterInput {
    fn parse(self) -> Result<PageFilter, ApiError> {
        let is_allowed = |count: Option<usize>| count.unwrap_or(0) <= MAX_VALUES;
        let counts = [
            self.slug.as_ref().map(Vec::len),
            self.translation_key.as_ref().map(Vec::len),
            self.tag.as_ref().map(Vec::len),
        ];
        if !counts.into_iter().all(is_allowed) {
            return Err(ApiError::BadInput(format!(
                "a list in a filter must have at most {MAX_VALUES} values"
            )));
        }
        Ok(PageFilter {
            lang: self.lang.unwrap_or_default().into_iter().map(Into::into).collect(),
            slug: self.slug.unwrap_or_default().into_iter().map(Slug::new).collect(),
            translation_key: self
                .translation_key
                .unwrap_or_default()
                .into_iter()
                .map(TranslationKey::new)
                .collect(),
            folder: self.folder.as_deref().map(FolderPath::new),
            tag: self.tag.unwrap_or_default(),
            is_support_service: self.is_support_service,
            ..PageFilter::default()
        })
    }
}

/// Converts the arguments of a list of pages to a query. Also returns the identifier of its sort order, for
/// cursors.
pub(crate) fn page_query(
    filter: Option<PageFilterInput>,
    order_by: Option<Vec<PageOrderInput>>,
    pagination: PaginationArgs,
) -> Result<(PageQuery, String), ApiError> {
    let mut order: Vec<(PageOrder, Direction)> = Vec::new();
    let mut name = "pages".to_owned();
    for by in order_by.unwrap_or_default() {
        let field = match by.field {
            PageOrderField::Order => PageOrder::Order,
            PageOrderField::Title => PageOrder::Title,
            PageOrderField::CreatedAt => PageOrder::CreatedAt,
            PageOrderField::UpdatedAt => PageOrder::UpdatedAt,
        };
        if order.iter().all(|(other, _)| *other != field) {
            let direction = Direction::from(by.direction);
            order.push((field, direction));
            name.extend([format!(":{field:?}{direction:?}")]);
        }
    }
    let pagination = pagination.parse(&name)?;
    Ok((PageQuery { filter: filter.unwrap_or_default().parse()?, order, pagination }, name))
}

/// Converts a collection to the query for its pages. Also returns the identifier of its sort order, for
/// cursors.
pub(crate) fn collection_query(
    collection: &Collection,
    pagination: PaginationArgs,
) -> Result<(PageQuery, String), ApiError> {
    let name = format!("collection:{}", Checksum::of(format!("{collection:?}").as_bytes()));
    let pagination = match (pagination.first, pagination.last, collection.limit) {
        // The limit of the shortcode applies if the client requests no number of pages.
        (None, None, Some(limit)) => {
            PaginationArgs { first: i32::try_from(limit.min(100)).ok(), ..pagination }
        }
        _ => pagination,
    };
    let order = collection.order.iter().map(|(by, is_reversed)| {
        let by = match by {
            CollectionOrder::Order => PageOrder::Order,
            CollectionOrder::Title => PageOrder::Title,
            CollectionOrder::CreatedAt => PageOrder::CreatedAt,
            CollectionOrder::UpdatedAt => PageOrder::UpdatedAt,
        };
        (by, if *is_reversed { Direction::Descending } else { Direction::Ascending })
    });
    let filter = PageFilter {
        lang: vec![collection.lang],
        collection: Some(collection.name.clone()),
        tag_groups: collection.tags.clone(),
        ..PageFilter::default()
    };
    let pagination = pagination.parse(&name)?;
    Ok((PageQuery { filter, order: order.collect(), pagination }, name))
}
