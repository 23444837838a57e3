//! Which pages, in which order.

use async_graphql::{Enum, InputObject};
use passerelle_model::checksum::Checksum;
use passerelle_model::key::Slug;
use passerelle_model::page::{Collection, CollectionOrder};
use passerelle_storage::query_index::Direction;
use passerelle_storage::{PageFilter, PageOrder, PageQuery};

use super::window::WindowArgs;
use crate::error::ApiError;
use crate::object::{Language, OrderDirection};

/// A list of more values than this is refused.
const MAX_VALUES: usize = 100;

/// Which pages to keep: those for which every given condition holds. An empty list is no condition.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "PageFilter")]
pub(crate) struct PageFilterInput {
    /// In one of these languages.
    lang: Option<Vec<Language>>,
    /// With one of these slugs.
    slug: Option<Vec<String>>,
    /// With one of these translation keys.
    translation_key: Option<Vec<String>>,
    /// In this folder or below it: `"trainings"`.
    folder: Option<String>,
    /// With at least one of these tags; case and accents do not count.
    tag: Option<Vec<String>>,
    /// Whether it describes a support service.
    is_support_service: Option<bool>,
}

/// What pages can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum PageOrderField {
    /// By the order that the front matter gives; pages without one last.
    Order,
    /// By title, without regard to case and accents.
    Title,
    /// By the time that the front matter gives; pages without one first.
    CreatedAt,
    /// By the time of the last change.
    UpdatedAt,
}

/// One of the things that pages are ordered by.
#[derive(Clone, Copy, Debug, InputObject)]
#[graphql(name = "PageOrder")]
pub(crate) struct PageOrderInput {
    /// What to order by.
    field: PageOrderField,
    /// Smallest or largest first.
    direction: OrderDirection,
}

impl PageFilterInput {
    fn parse(self) -> Result<PageFilter, ApiError> {
        let few = |count: Option<usize>| count.unwrap_or(0) <= MAX_VALUES;
        let counts = [
            self.slug.as_ref().map(Vec::len),
            self.translation_key.as_ref().map(Vec::len),
            self.tag.as_ref().map(Vec::len),
        ];
        if !counts.into_iter().all(few) {
            return Err(ApiError::BadInput(format!("a list of a filter has at most {MAX_VALUES} values")));
        }
        Ok(PageFilter {
            lang: self.lang.unwrap_or_default().into_iter().map(Into::into).collect(),
            slug: self.slug.unwrap_or_default().into_iter().map(Slug::new).collect(),
            translation_key: self.translation_key.unwrap_or_default(),
            folder: self.folder,
            tag: self.tag.unwrap_or_default(),
            is_support_service: self.is_support_service,
            ..PageFilter::default()
        })
    }
}

/// The query that the arguments say, and the name of its order for the cursors.
pub(crate) fn page_query(
    filter: Option<PageFilterInput>,
    order_by: Option<Vec<PageOrderInput>>,
    window: WindowArgs,
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
        if order.iter().all(|(known, _)| *known != field) {
            let direction = Direction::from(by.direction);
            order.push((field, direction));
            name.extend([format!(":{field:?}{direction:?}")]);
        }
    }
    let window = window.parse(&name)?;
    Ok((PageQuery { filter: filter.unwrap_or_default().parse()?, order, window }, name))
}

/// The pages that a collection lists, and the name of their order for the cursors.
pub(crate) fn collection_query(
    collection: &Collection,
    window: WindowArgs,
) -> Result<(PageQuery, String), ApiError> {
    let name = format!("collection:{}", Checksum::of(format!("{collection:?}").as_bytes()));
    let window = match (window.first, window.last, collection.limit) {
        // As many as the editor wants, where nobody else says how many.
        (None, None, Some(limit)) => WindowArgs { first: i32::try_from(limit.min(100)).ok(), ..window },
        _ => window,
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
        tags_of_each: collection.tags.clone(),
        ..PageFilter::default()
    };
    let window = window.parse(&name)?;
    Ok((PageQuery { filter, order: order.collect(), window }, name))
}
