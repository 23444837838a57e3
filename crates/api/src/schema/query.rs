//! Root type of queries, composed of one object per area.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it awaits or not")]

mod documents;
mod pages;
mod plans;

use std::collections::HashSet;

use async_graphql::{Context, ID, MergedObject, Object};

use self::documents::DocumentQueries;
use self::pages::PageQueries;
use self::plans::PlanQueries;
use crate::context::{counted, view};
use crate::error::ApiError;
use crate::object::{Node, RevisionObject};

/// Maximum number of ids that `nodes` accepts: as many as the largest range of a paginated list.
const MAX_IDS: usize = 100;

/// Entry points for reading. All fields of a response are read at the same revision of the content, whose
/// number is in `extensions.revision`.
#[derive(Default, MergedObject)]
pub(crate) struct Query(NodeQueries, PlanQueries, PageQueries, DocumentQueries);

/// Fields that look up objects by global id, and the revision.
#[derive(Default)]
struct NodeQueries;

#[Object]
impl NodeQueries {
    /// One object, found by its global id. Null if no published object has this id.
    ///
    /// Example: `{ node(id: "TWVhc3VyZTpwbGFu") { id ... on Measure { number } } }`
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id, from the field `id` of an object.")] id: ID,
    ) -> Option<Result<Node, ApiError>> {
        Node::load(ctx, &id).await.transpose()
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
        let nodes = futures_util::future::try_join_all(ids.into_iter().map(|id| Node::load(ctx, id))).await?;
        Ok(counted(ctx, nodes))
    }

    /// Revision at which all fields of the response are read.
    ///
    /// Example: `{ revision { number at } }`
    async fn revision(&self, ctx: &Context<'_>) -> Result<RevisionObject, ApiError> {
        Ok(RevisionObject(view(ctx)?.revision()))
    }
}
