//! Filter and sort order for pages.

use async_graphql::{Enum, InputObject};
use passerelle_model::checksum::Checksum;
use passerelle_model::key::TranslationKey;
use passerelle_model::page::{Collection, CollectionOrder};
use passerelle_model::path::FolderPath;
use passerelle_storage::query_index::Direction;
use passerelle_storage::{
    FrontMatterCondition, FrontMatterPath, PageFilter, PageOrder, PageQuery, TimeRange,
};

use super::by::valid_slugs;
use super::front_matter_path::parse_path;
use super::pagination::PaginationArgs;
use crate::error::ApiError;
use crate::object::{DateTime, Language, OrderDirection};

/// Maximum nesting of `and`, `or` and `not`. Bounds the recursion of the database.
const MAX_DEPTH: usize = 8;
/// Maximum number of filter objects in a filter, with those of the front matter. Each one is evaluated for
/// every page.
const MAX_CONDITIONS: usize = 50;
/// Maximum number of values in all lists of a filter. Front ends select from lists of options.
const MAX_VALUES: usize = 500;
/// Maximum size of a text in bytes, as for `search`.
const MAX_TEXT_BYTES: usize = 1_000;
/// Maximum number of `text` conditions. Each one is a search of its own.
const MAX_TEXTS: usize = 4;
/// Maximum number of sort keys. More do not change the order of a list that people read.
const MAX_SORT_KEYS: usize = 8;

/// Conditions for pages. A page must satisfy all of them. Null and empty lists are ignored.
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "PageFilter")]
pub(crate) struct PageFilterInput {
    /// The page satisfies all of these filters.
    and: Option<Vec<PageFilterInput>>,
    /// The page satisfies at least one of these filters.
    or: Option<Vec<PageFilterInput>>,
    /// The page does not satisfy this filter.
    not: Option<Box<PageFilterInput>>,
    /// The language is one of these.
    lang: Option<Vec<Language>>,
    /// The slug is one of these, for example `contact`.
    slug: Option<Vec<String>>,
    /// The translation key is one of these.
    translation_key: Option<Vec<String>>,
    /// The file of the page is in this folder or below it, for example `formations`.
    folder: Option<String>,
    /// The page has at least one of these tags. Case and accents are ignored.
    tag: Option<Vec<String>>,
    /// If true, the page describes a support service. If false, it describes none.
    is_support_service: Option<bool>,
    /// The values of the front matter satisfy all of these conditions.
    front_matter: Option<Vec<FrontMatterFilterInput>>,
    /// The page contains every word of this text, at most 1000 bytes. Words match as in `search`: case,
    /// accents and word endings are ignored, and the last word matches as a prefix. The best match comes
    /// first unless `orderBy` is given.
    text: Option<String>,
    /// The page was published with other content after this time, or has a later `updatedAt`. On a new
    /// database, every page was published by the first import.
    changed_since: Option<DateTime>,
    /// The page changed last before this time. Compares `updatedAt`.
    updated_before: Option<DateTime>,
    /// The page was created before this time. Compares `createdAt`. A page without `createdAt` does not
    /// match.
    created_before: Option<DateTime>,
    /// The page was created after this time. Compares `createdAt`. A page without `createdAt` does not match.
    created_after: Option<DateTime>,
}

/// Condition for one value of the front matter. All parts that are given must hold. A list matches if one of
/// its items does, and an object matches `exists` only.
///
/// Example: `{path: "metadata.tempo", gte: "90"}`
#[derive(Clone, Debug, Default, InputObject)]
#[graphql(name = "FrontMatterFilter")]
pub(crate) struct FrontMatterFilterInput {
    /// Key of the front matter. Keys of nested objects are joined with dots, and an item of a list is given
    /// by its index, for example `metadata.tempo`. At most 200 characters and 8 keys.
    path: String,
    /// The value is this text, number, `true` or `false`, as the editor wrote it.
    eq: Option<String>,
    /// The value is one of these.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
    /// The value contains this text. Case and accents are ignored.
    contains: Option<String>,
    /// If true, the front matter has the key with a value. If false, the key is missing or its value is null.
    exists: Option<bool>,
    /// The value is at least this one. Numbers are compared as numbers, for example `90`. Other texts are
    /// compared letter by letter, which orders dates such as `2025-11-14`.
    gte: Option<String>,
    /// The value is at most this one, compared as for `gte`.
    lte: Option<String>,
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
    /// Relevance for the `text` of the filter. `DESC` puts the best match first.
    Relevance,
    /// Value of the front matter at `path`: numbers first, then texts, ignoring case and accents. Pages
    /// without such a value are last in both directions.
    FrontMatter,
}

/// Sort key and direction for pages, for example `{field: TITLE, direction: ASC}` or
/// `{field: FRONT_MATTER, path: "metadata.tempo", direction: DESC}`.
#[derive(Clone, Debug, InputObject)]
#[graphql(name = "PageOrder")]
pub(crate) struct PageOrderInput {
    /// Sort key of the list.
    field: PageOrderField,
    /// Key of the front matter, for example `metadata.tempo`. Required for `FRONT_MATTER`, and not allowed
    /// for other fields.
    path: Option<String>,
    /// Sort direction of the list.
    direction: OrderDirection,
}

impl PageFilterInput {
    fn parse(self, depth: usize, size: &mut FilterSize) -> Result<PageFilter, ApiError> {
        size.count_condition()?;
        if depth > MAX_DEPTH {
            return Err(ApiError::BadInput(format!("a filter must be at most {MAX_DEPTH} deep")));
        }
        let each = |filters: Option<Vec<Self>>, size: &mut FilterSize| {
            let filters = filters.unwrap_or_default().into_iter();
            filters.map(|filter| filter.parse(depth + 1, size)).collect::<Result<Vec<_>, _>>()
        };
        let (and, or) = (each(self.and, size)?, each(self.or, size)?);
        let not = self.not.map(|filter| filter.parse(depth + 1, size)).transpose()?;
        let mut front_matter = Vec::new();
        for condition in self.front_matter.unwrap_or_default() {
            front_matter.push(condition.parse(size)?);
        }
        let time = |at: Option<DateTime>| at.map(|at| at.0);
        let folder = self.folder.map(|folder| check_text("folder", folder)).transpose()?;
        let folder = folder.as_deref().map(parse_folder).transpose()?;
        Ok(PageFilter {
            and,
            or,
            not: not.map(Box::new),
            lang: size.count(self.lang)?.into_iter().map(Into::into).collect(),
            slug: Some(size.count(self.slug)?).filter(|slugs| !slugs.is_empty()).map(valid_slugs),
            translation_key: size.count(self.translation_key)?.into_iter().map(TranslationKey::new).collect(),
            folder,
            tag: size.count(self.tag)?,
            is_support_service: self.is_support_service,
            front_matter,
            text: size.count_text(self.text)?,
            updated: TimeRange { after: None, before: time(self.updated_before) },
            changed_since: time(self.changed_since),
            created: TimeRange { after: time(self.created_after), before: time(self.created_before) },
            ..PageFilter::default()
        })
    }
}

/// Parses the path of a folder.
pub(super) fn parse_folder(folder: &str) -> Result<FolderPath, ApiError> {
    FolderPath::parse(folder).map_err(|error| ApiError::BadInput(format!("`folder`: {error}")))
}

impl FrontMatterFilterInput {
    fn parse(self, size: &mut FilterSize) -> Result<FrontMatterCondition, ApiError> {
        size.count_condition()?;
        let values = self.any_of.filter(|values| !values.is_empty());
        let any_of = match (self.eq, values) {
            (Some(value), None) => Some(vec![value]),
            // Both must hold: the value is in the list, and it is this one.
            (Some(value), Some(values)) => Some(values.into_iter().filter(|item| *item == value).collect()),
            (None, values) => values,
        };
        let any_of = any_of.map(|values| size.count(Some(values))).transpose()?;
        Ok(FrontMatterCondition {
            path: parse_path(&self.path)?,
            any_of,
            contains: self.contains.map(|text| check_text("contains", text)).transpose()?,
            exists: self.exists,
            at_least: self.gte.map(|text| check_text("gte", text)).transpose()?,
            at_most: self.lte.map(|text| check_text("lte", text)).transpose()?,
        })
    }
}

/// Checks the length of a text.
fn check_text(name: &str, text: String) -> Result<String, ApiError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ApiError::BadInput(format!("`{name}` must have at most {MAX_TEXT_BYTES} bytes")));
    }
    Ok(text)
}

/// Number of conditions, values and texts that were parsed so far.
#[derive(Default)]
struct FilterSize {
    conditions: usize,
    values: usize,
    texts: usize,
}

impl FilterSize {
    fn count_condition(&mut self) -> Result<(), ApiError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(ApiError::BadInput(format!(
                "a filter must have at most {MAX_CONDITIONS} conditions"
            )));
        }
        Ok(())
    }

    /// Counts the values of a list. An empty list is ignored: front ends send it if no option is selected.
    fn count<T>(&mut self, values: Option<Vec<T>>) -> Result<Vec<T>, ApiError> {
        let values = values.unwrap_or_default();
        self.values += values.len();
        if self.values > MAX_VALUES {
            return Err(ApiError::BadInput(format!("a filter must have at most {MAX_VALUES} values")));
        }
        Ok(values)
    }

    fn count_text(&mut self, text: Option<String>) -> Result<Option<String>, ApiError> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        self.texts += 1;
        if self.texts > MAX_TEXTS {
            return Err(ApiError::BadInput(format!("a filter has at most {MAX_TEXTS} texts")));
        }
        check_text("text", text).map(Some)
    }
}

/// Converts the arguments of a list of pages to a query. Also returns the identifier of its sort order, for
/// cursors.
pub(crate) fn page_query(
    filter: Option<Box<PageFilterInput>>,
    order_by: Option<Vec<PageOrderInput>>,
    pagination: PaginationArgs,
) -> Result<(PageQuery, String), ApiError> {
    let filter = filter.map(|filter| *filter).unwrap_or_default().parse(0, &mut FilterSize::default())?;
    let mut order: Vec<(PageOrder, Direction)> = Vec::new();
    let mut name = "pages".to_owned();
    let best_first = PageOrderInput {
        field: PageOrderField::Relevance,
        path: None,
        direction: OrderDirection::Descending,
    };
    let order_by = order_by.filter(|order_by| !order_by.is_empty());
    let default_order = || if filter.text.is_some() { vec![best_first] } else { Vec::new() };
    let order_by = order_by.unwrap_or_else(default_order);
    if order_by.len() > MAX_SORT_KEYS {
        return Err(ApiError::BadInput(format!("`orderBy` must have at most {MAX_SORT_KEYS} sort keys")));
    }
    for by in order_by {
        let (field, path, direction) = (by.field, by.path.clone(), Direction::from(by.direction));
        let by = by.parse()?;
        if order.iter().all(|(other, _)| *other != by) {
            order.push((by, direction));
            name.extend([format!(":{field:?}{}{direction:?}", path.unwrap_or_default())]);
        }
    }
    let pagination = pagination.parse(&name)?;
    Ok((PageQuery { filter, order, pagination }, name))
}

impl PageOrderInput {
    fn parse(self) -> Result<PageOrder, ApiError> {
        let order = match self.field {
            PageOrderField::Order => PageOrder::Order,
            PageOrderField::Title => PageOrder::Title,
            PageOrderField::CreatedAt => PageOrder::CreatedAt,
            PageOrderField::UpdatedAt => PageOrder::UpdatedAt,
            PageOrderField::Relevance => PageOrder::Relevance,
            PageOrderField::FrontMatter => {
                let path: FrontMatterPath = match &self.path {
                    Some(path) => parse_path(path)?,
                    None => {
                        let message = "`path` is required to order by FRONT_MATTER";
                        return Err(ApiError::BadInput(message.to_owned()));
                    }
                };
                return Ok(PageOrder::FrontMatter(path));
            }
        };
        if self.path.is_some() {
            let message = "`path` is allowed only to order by FRONT_MATTER";
            return Err(ApiError::BadInput(message.to_owned()));
        }
        Ok(order)
    }
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
    let order = collection.order.iter().map(|(by, direction)| {
        let by = match by {
            CollectionOrder::Order => PageOrder::Order,
            CollectionOrder::Title => PageOrder::Title,
            CollectionOrder::CreatedAt => PageOrder::CreatedAt,
            CollectionOrder::UpdatedAt => PageOrder::UpdatedAt,
        };
        (by, *direction)
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

#[cfg(test)]
mod tests {
    use passerelle_model::key::Slug;

    use super::*;

    fn parse(filter: PageFilterInput) -> Result<PageFilter, String> {
        filter.parse(0, &mut FilterSize::default()).map_err(|error| error.to_string())
    }

    fn nested(levels: usize) -> PageFilterInput {
        (0..levels).fold(PageFilterInput::default(), |filter, _| PageFilterInput {
            not: Some(Box::new(filter)),
            ..PageFilterInput::default()
        })
    }

    #[test]
    fn depth_branches_values_and_paths_are_bounded() {
        assert!(parse(nested(MAX_DEPTH)).is_ok());
        assert!(parse(nested(MAX_DEPTH + 1)).unwrap_err().contains("deep"));
        let or = |count| Some(vec![PageFilterInput::default(); count]);
        assert!(parse(PageFilterInput { or: or(MAX_CONDITIONS - 1), ..PageFilterInput::default() }).is_ok());
        let error = parse(PageFilterInput { or: or(MAX_CONDITIONS), ..PageFilterInput::default() });
        assert!(error.unwrap_err().contains("conditions"));
        let tag = Some(vec![String::new(); MAX_VALUES + 1]);
        assert!(parse(PageFilterInput { tag, ..PageFilterInput::default() }).unwrap_err().contains("values"));
        for path in [String::new(), "a".repeat(201), "a..b".to_owned(), "a.b.c.d.e.f.g.h.i".to_owned()] {
            let condition = FrontMatterFilterInput { path, ..FrontMatterFilterInput::default() };
            let front_matter = Some(vec![condition]);
            assert!(parse(PageFilterInput { front_matter, ..PageFilterInput::default() }).is_err());
        }
    }

    #[test]
    fn text_that_is_no_slug_is_not_ignored() {
        let slugs = |texts: &[&str]| {
            let slug = Some(texts.iter().map(|text| (*text).to_owned()).collect());
            parse(PageFilterInput { slug, ..PageFilterInput::default() }).unwrap().slug
        };
        assert_eq!(slugs(&[]), None);
        assert_eq!(slugs(&["Étang"]), Some(Vec::new()));
        assert_eq!(slugs(&["a/b", "contact"]), Some(vec![Slug::parse("contact").unwrap()]));
    }

    #[test]
    fn sort_keys_of_the_front_matter_need_a_path() {
        let order = |field, path: Option<&str>| {
            let by =
                PageOrderInput { field, path: path.map(str::to_owned), direction: OrderDirection::Ascending };
            page_query(None, Some(vec![by]), PaginationArgs::default()).map(|(_, name)| name)
        };
        let name = order(PageOrderField::FrontMatter, Some("metadata.tempo")).unwrap();
        assert_eq!(name, "pages:FrontMattermetadata.tempoAscending");
        assert!(order(PageOrderField::FrontMatter, None).is_err());
        assert!(order(PageOrderField::Title, Some("metadata.tempo")).is_err());
    }
}
