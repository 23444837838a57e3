//! Root fields for documents, the change log and the synchronisation with the content folder.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::path::DocumentPath;
use passerelle_model::revision::RevisionNumber;
use passerelle_storage::{ChangeFilter, DocumentQuery};

use crate::context::{mark_uncacheable, require_document_access, sync_status, view};
use crate::error::ApiError;
use crate::input::{ChangeArgs, DocumentFilterInput, PaginationArgs};
use crate::object::{ChangeConnection, ChangeKind, DocumentConnection, DocumentObject, SyncStatusObject};

/// Fields for documents, the change log and the synchronisation state.
#[derive(Default)]
pub(super) struct DocumentQueries;

#[Object]
impl DocumentQueries {
    /// Documents of the content folder, sorted by path. Error `FORBIDDEN` if the operator protects documents
    /// with a token and the request does not have it.
    ///
    /// Example: `{ documents(filter: {hasDiagnostics: ERROR}) { nodes { path diagnostics { message } } } }`
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that a document must satisfy. Every document if omitted.")]
        filter: Option<DocumentFilterInput>,
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
    ) -> Result<DocumentConnection, ApiError> {
        require_document_access(ctx)?;
        mark_uncacheable(ctx);
        let order = "documents".to_owned();
        let pagination = PaginationArgs { first, after, last, before }.parse(&order)?;
        let query = DocumentQuery { filter: filter.unwrap_or_default().try_into()?, pagination };
        let slice = view(ctx)?.documents(&query).await?.map(Arc::new);
        Ok(DocumentConnection { slice, filter: query.filter, order })
    }

    /// One document, found by its path. Null if there is no document at this path. Error `FORBIDDEN` if the
    /// operator protects documents with a token and the request does not have it.
    ///
    /// Example: `{ document(path: "plans/plan.txt") { state diagnostics { line message suggestion } } }`
    async fn document(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Path relative to the content folder, with `/` as separator, for example `plans/plan.txt`."
        )]
        path: String,
    ) -> Option<Result<DocumentObject, ApiError>> {
        if let Err(error) = require_document_access(ctx) {
            return Some(Err(error));
        }
        let path = DocumentPath::parse(&path).ok()?;
        let content = match view(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        let document = content.document_at(&path).await.map_err(ApiError::from).transpose()?;
        Some(document.map(|document| DocumentObject(Arc::new(document))))
    }

    /// Changes after a revision, oldest first. If changes after `since` were pruned from the log, the first
    /// entry is a `RESYNC`. Empty if nothing changed.
    ///
    /// Example: `{ changes(since: 0, first: 5) { nodes { revision kind field before after } } }`
    #[expect(clippy::too_many_arguments, reason = "each argument selects")]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of the last revision that you have processed, for example `12`. Use `0` for the \
                whole log. An error if there is no such revision yet."
        )]
        since: i32,
        #[graphql(desc = "Return only changes of these kinds, and `RESYNC`. All kinds if omitted or empty.")]
        kinds: Option<Vec<ChangeKind>>,
        #[graphql(
            desc = "Return only changes of these objects, and `RESYNC`. Global ids, at most 100. All objects if \
                omitted or empty."
        )]
        node_ids: Option<Vec<ID>>,
        #[graphql(
            desc = "Return only changes of this plan, its categories and its measures, and `RESYNC`. Slug of the plan, \
                for example `plan-climat` or, for one edition, `plan-climat-2025`. An error if there is no such plan."
        )]
        plan: Option<String>,
        #[graphql(desc = "Maximum number of changes. Default 20, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
    ) -> Result<ChangeConnection, ApiError> {
        let order = "changes".to_owned();
        let pagination = PaginationArgs { first, after, ..PaginationArgs::default() }.parse(&order)?;
        let newest = view(ctx)?.revision().number;
        if i64::from(since) > newest.get() {
            return Err(ApiError::BadInput(format!(
                "`since` is {since}, but the latest revision is {newest}: refetch your data"
            )));
        }
        let filter = ChangeArgs { kinds, node_ids, plan }.into_filter(ctx).await?;
        let filter = ChangeFilter { since: RevisionNumber::new(i64::from(since)), ..filter };
        let slice = view(ctx)?.changes(&filter, &pagination).await?.map(Arc::new);
        Ok(ChangeConnection { slice, filter, order })
    }

    /// State of the synchronisation between the content folder and the published content.
    ///
    /// Example: `{ sync { state pending documents rejected } }`
    async fn sync(&self, ctx: &Context<'_>) -> Result<SyncStatusObject, ApiError> {
        Ok(SyncStatusObject(sync_status(ctx)?))
    }
}
