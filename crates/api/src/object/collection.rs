//! Object types `Collection` and `CollectionField`.

use async_graphql::{Context, Enum, Object, SimpleObject};
use passerelle_model::contract;
use passerelle_storage::{PageFilter, PageQuery, PublishedCollection};

use super::connection::PageConnection;
use crate::context::view;
use crate::error::ApiError;
use crate::input::PaginationArgs;
use crate::response_count::counted;

/// Type of a field of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "contract::FieldType")]
pub(crate) enum FieldType {
    /// Text on one line.
    Text,
    /// Text with Markdown. Read it with `Page.richText`.
    Markdown,
    /// Date, with or without a time.
    Date,
    /// Whole or decimal number.
    Number,
    /// Truth value, `true` or `false`.
    Boolean,
    /// List of values.
    List,
    /// Path or address of an image, or an object with `src` and `alt`.
    Image,
    /// Path or address, for example `https://example.org`.
    Link,
}

/// Field that the pages of a collection have in their front matter. Read it with `Page.field`.
#[derive(SimpleObject)]
pub(crate) struct CollectionField {
    /// Key of the front matter, for example `date`. Keys of nested objects are joined with dots.
    name: String,
    /// Type of the value.
    #[graphql(name = "type")]
    kind: FieldType,
    /// True if every page of the collection must have the field. A page without it gets a warning.
    required: bool,
    /// Purpose of the field, from the contract. Null if the contract states none.
    description: Option<String>,
}

/// Pages of a folder whose fields an editor described in a contract, `NAME.schema.yaml`.
pub(crate) struct CollectionObject(pub(crate) PublishedCollection);

/// Pages of a folder and its subfolders, with the fields of their front matter. A file `NAME.schema.yaml` in
/// the folder describes the fields.
#[Object(name = "Collection")]
impl CollectionObject {
    /// Name of the collection, from the name of the contract: `ateliers` for `ateliers.schema.yaml`.
    fn name(&self) -> &str {
        &self.0.contract.name
    }

    /// Fields of the pages, in the order of the contract.
    fn fields(&self, ctx: &Context<'_>) -> Vec<CollectionField> {
        let field = |field: &contract::ContractField| CollectionField {
            name: field.name.clone(),
            kind: field.kind.into(),
            required: field.required,
            description: field.description.clone(),
        };
        counted(ctx, self.0.contract.fields.iter().map(field).collect())
    }

    /// Pages of the collection, sorted by `order` and title.
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Maximum number of items, counted from the start of the list. Default 20, at most 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
        #[graphql(
            desc = "Maximum number of items, counted from the end of the list. At most 100. Not allowed with \
                `first`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Return only items before this cursor, for example the last `pageInfo.startCursor`."
        )]
        before: Option<String>,
    ) -> Result<PageConnection, ApiError> {
        let order = format!("contract:{}", self.0.document);
        let pagination = PaginationArgs { first, after, last, before }.parse(&order)?;
        let filter = PageFilter { folder: Some(self.0.folder.clone()), ..PageFilter::default() };
        PageConnection::load(&view(ctx)?, PageQuery { filter, order: Vec::new(), pagination }, order).await
    }
}
