//! Root type of queries, composed of one object per area.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it awaits or not")]

mod documents;
mod pages;
mod plans;
mod site;

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object};

use self::documents::DocumentQueries;
use self::pages::PageQueries;
use self::plans::PlanQueries;
use self::site::SiteQueries;
use crate::context::{
    RevisionContext, past_context, read_entry_at, read_root_field_at, revision_context, storage, view,
};
use crate::error::ApiError;
use crate::input::NodeId;
use crate::object::{Node, RevisionObject};
use crate::response_count::counted;

/// Maximum number of ids that `nodes` accepts: as many as the largest range of a paginated list.
const MAX_IDS: usize = 100;

/// Entry points for reading. All fields of a response are read at the same revision of the content, whose
/// number is in `extensions.revision`.
#[derive(Default, MergedObject)]
pub(crate) struct Query(NodeQueries, PlanQueries, PageQueries, SiteQueries, DocumentQueries);

/// Fields that look up objects by global id, and the revision.
#[derive(Default)]
struct NodeQueries;

#[Object]
impl NodeQueries {
    /// One object, found by its global id. Null if no published object has this id. An id from a field
    /// with `asOf` finds the object as it was then, or null if that revision was pruned.
    ///
    /// Example: `{ node(id: "TWVhc3VyZTpwbGFu") { id ... on Measure { number } } }`
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id, from the field `id` of an object.")] id: ID,
    ) -> Option<Result<Node, ApiError>> {
        let (id, content) = match content_of(ctx, &id).await {
            Ok(found) => found?,
            Err(error) => return Some(Err(error)),
        };
        let reads_past = content.id_revision().is_some();
        if reads_past && let Err(error) = read_root_field_at(ctx, Arc::clone(&content)) {
            return Some(Err(error));
        }
        Node::find(&content, id).await.transpose()
    }

    /// Several objects, found by their global ids, in the order of `ids`. An entry is null if no published
    /// object has its id. A repeated id is returned once, at its first position.
    ///
    /// Example: `{ nodes(ids: ["TWVhc3VyZTpwbGFu"]) { id } }`
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, from the field `id` of objects. At most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>, ApiError> {
        if ids.len() > MAX_IDS {
            return Err(ApiError::BadInput(format!(
                "`ids` must have at most {MAX_IDS} ids, got {}",
                ids.len()
            )));
        }
        // A repeated id would return its texts again. A page of 1 MB in 100 entries would be 100 MB.
        let mut seen = HashSet::new();
        let ids: Vec<&ID> = ids.iter().filter(|id| seen.insert(*id)).collect();
        let nodes = ids.into_iter().enumerate().map(async |(index, id)| {
            let Some((id, content)) = content_of(ctx, id).await? else { return Ok(None) };
            if content.id_revision().is_some() {
                read_entry_at(ctx, index, Arc::clone(&content))?;
            }
            Node::find(&content, id).await
        });
        let nodes = futures_util::future::try_join_all(nodes).await?;
        Ok(counted(ctx, nodes))
    }

    /// Revision at which all fields of the response are read.
    ///
    /// Example: `{ revision { number at } }`
    async fn revision(&self, ctx: &Context<'_>) -> Result<RevisionObject, ApiError> {
        Ok(RevisionObject(view(ctx)?.revision()))
    }
}

/// Returns the object that an id identifies and the content that the id names. `None` if the id is
/// malformed, or if its revision was pruned or is not published yet.
async fn content_of(ctx: &Context<'_>, id: &ID) -> Result<Option<(NodeId, Arc<RevisionContext>)>, ApiError> {
    let Some((id, revision)) = NodeId::parse(id) else { return Ok(None) };
    let Some(revision) = revision else { return Ok(Some((id, revision_context(ctx)?))) };
    if revision > view(ctx)?.revision().number {
        return Ok(None);
    }
    let past = storage(ctx)?.at_revision(revision).await?;
    past.map(|past| Ok((id, past_context(ctx, past)?))).transpose()
}
