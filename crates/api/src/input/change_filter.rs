//! Arguments that select changes.

use async_graphql::{Context, ID};
use passerelle_model::change::NodeKey;
use passerelle_model::key::PlanKey;
use passerelle_storage::{ChangeFilter, plans_named};

use super::NodeId;
use crate::context::all_plans;
use crate::error::ApiError;
use crate::object::ChangeKind;

/// Maximum number of ids: the objects of one screen. The field `nodes` has the same limit.
const MAX_NODE_IDS: usize = 100;

/// Arguments that select changes, as the client gave them.
pub(crate) struct ChangeArgs {
    /// Kinds of changes. `None` or empty selects all.
    pub(crate) kinds: Option<Vec<ChangeKind>>,
    /// Global ids of objects. `None` or empty selects all.
    pub(crate) node_ids: Option<Vec<ID>>,
    /// Slug of a plan, or slug with year.
    pub(crate) plan: Option<String>,
}

impl ChangeArgs {
    /// Validates the arguments. The filter selects changes of all revisions.
    pub(crate) async fn into_filter(self, ctx: &Context<'_>) -> Result<ChangeFilter, ApiError> {
        let plan = match self.plan {
            Some(name) => Some(plan_key(ctx, &name).await?),
            None => None,
        };
        Ok(ChangeFilter {
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            nodes: node_keys(&self.node_ids.unwrap_or_default())?,
            plan,
            ..ChangeFilter::default()
        })
    }
}

async fn plan_key(ctx: &Context<'_>, name: &str) -> Result<PlanKey, ApiError> {
    let plans = all_plans(ctx).await?;
    let newest = plans_named(&plans, Some(name), None).first().map(|plan| plan.key.clone());
    // An unknown plan never changes. A subscriber would wait in vain.
    newest.ok_or_else(|| ApiError::BadInput(format!("`plan`: no plan has the slug {name:?}")))
}

/// Returns the keys of objects, sorted and without duplicates.
fn node_keys(ids: &[ID]) -> Result<Vec<NodeKey>, ApiError> {
    if ids.len() > MAX_NODE_IDS {
        let count = ids.len();
        return Err(ApiError::BadInput(format!(
            "`nodeIds` must have at most {MAX_NODE_IDS} ids, got {count}"
        )));
    }
    let key = |id: &ID| {
        // The id of an object in the past is the id of the same object.
        let key = NodeId::parse(id).and_then(|(id, _)| id.into_node_key());
        key.ok_or_else(|| {
            ApiError::BadInput(format!("`nodeIds`: {:?} is not the id of an object", id.as_str()))
        })
    };
    let mut keys = ids.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    // The same objects in another order share their batches of changes.
    keys.sort_by(|a, b| (a.kind(), a.key()).cmp(&(b.kind(), b.key())));
    keys.dedup();
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::key::PageKey;
    use passerelle_model::revision::RevisionNumber;

    #[test]
    fn ids_are_checked_sorted_and_bounded() {
        let id = |key: &str, revision| NodeId::Page(PageKey::new(key)).at(revision);
        let past = Some(RevisionNumber::new(3));
        let keys = node_keys(&[id("b.fr", None), id("a.fr", past), id("a.fr", None)]).unwrap();
        assert_eq!(keys, ["a.fr", "b.fr"].map(|key| NodeKey::Page(PageKey::new(key))));
        let change = passerelle_storage::ChangePosition::end_of(RevisionNumber::new(1));
        for bad in [ID::from("x"), NodeId::Change(change).at(None)] {
            assert!(matches!(node_keys(&[bad]), Err(ApiError::BadInput(_))));
        }
        assert!(node_keys(&vec![id("a.fr", None); MAX_NODE_IDS]).is_ok());
        assert!(node_keys(&vec![id("a.fr", None); MAX_NODE_IDS + 1]).is_err());
    }
}
