//! Change log: the changes of each revision, in order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use passerelle_model::change::{ChangeKind, NodeKey};
use passerelle_model::key::PlanKey;
use passerelle_model::revision::RevisionNumber;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::change_log_entry::{ChangeLogEntry, ChangePosition};
use crate::convert::change::to_change;
use crate::entity::{category, change_log, measure};
use crate::error::StorageError;
use crate::keyset::{self, Pagination, Slice, SortKey};
use crate::read_view::ReadView;

/// Filter for changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChangeFilter {
    /// Only changes of later revisions.
    pub since: RevisionNumber,
    /// Only changes of these kinds. Empty selects all kinds.
    pub kinds: Vec<ChangeKind>,
    /// Only changes of these objects. Empty selects all objects.
    pub nodes: Vec<NodeKey>,
    /// Only changes of this plan, its categories and its measures. `None` selects all objects.
    pub plan: Option<PlanKey>,
}

impl ChangeFilter {
    /// Returns true if the filter selects a change by its object. [`ChangeKind::Resync`] is always selected.
    pub fn selects_node(&self, change: &ChangeLogEntry) -> bool {
        self.nodes.is_empty() || change.node.as_ref().is_none_or(|node| self.nodes.contains(node))
    }
}

impl ReadView {
    /// Returns a slice of the changes up to the revision of this view, oldest first.
    pub async fn changes(
        &self,
        filter: &ChangeFilter,
        pagination: &Pagination,
    ) -> Result<Slice<ChangeLogEntry>, StorageError> {
        let sort_keys = [
            SortKey::ascending(Expr::col(change_log::Column::Revision)),
            SortKey::ascending(Expr::col(change_log::Column::Ordinal)),
        ];
        let select =
            change_log::Entity::find().filter(self.condition(filter)).limit(u64::from(pagination.limit) + 1);
        let select = keyset::filter_by_cursors(
            keyset::apply_order(select, &sort_keys, pagination.end),
            &sort_keys,
            pagination,
        );
        let changes = self.load_entries(select.all(&self.read_pool).await?).await?;
        Ok(keyset::to_slice(changes, pagination, |change| change.position().cursor()))
    }

    /// Counts the changes that match a filter.
    pub async fn change_count(&self, filter: &ChangeFilter) -> Result<u64, StorageError> {
        Ok(change_log::Entity::find().filter(self.condition(filter)).count(&self.read_pool).await?)
    }

    /// Returns at most `limit` changes after a position, oldest first.
    pub async fn changes_after(
        &self,
        position: ChangePosition,
        filter: &ChangeFilter,
        limit: u32,
    ) -> Result<Vec<ChangeLogEntry>, StorageError> {
        let pagination = Pagination { after: Some(position.cursor()), ..Pagination::first(limit) };
        let slice = self.changes(filter, &pagination).await?;
        Ok(slice.items.into_iter().map(|(_, change)| change).collect())
    }

    /// Returns the change at a position.
    pub async fn change_at(&self, position: ChangePosition) -> Result<Option<ChangeLogEntry>, StorageError> {
        let row = change_log::Entity::find()
            .filter(change_log::Column::Revision.eq(position.revision.get()))
            .filter(change_log::Column::Ordinal.eq(position.ordinal))
            .one(&self.read_pool)
            .await?;
        Ok(self.load_entries(row.into_iter().collect()).await?.pop())
    }

    /// Returns the changes of each object, oldest first.
    pub async fn changes_by_node(
        &self,
        nodes: &[NodeKey],
    ) -> Result<HashMap<NodeKey, Vec<ChangeLogEntry>>, StorageError> {
        let keys: BTreeSet<&str> = nodes.iter().map(NodeKey::key).collect();
        let rows = change_log::Entity::find()
            .filter(change_log::Column::NodeKey.is_in(keys))
            .filter(change_log::Column::Revision.lte(self.revision.number.get()))
            .order_by_asc(change_log::Column::Revision)
            .order_by_asc(change_log::Column::Ordinal)
            .all(&self.read_pool)
            .await?;
        let mut changes: HashMap<NodeKey, Vec<ChangeLogEntry>> = HashMap::new();
        for change in self.load_entries(rows).await? {
            if let Some(node) = change.node.clone().filter(|node| nodes.contains(node)) {
                changes.entry(node).or_default().push(change);
            }
        }
        Ok(changes)
    }

    fn condition(&self, filter: &ChangeFilter) -> Condition {
        let mut selected = Condition::all();
        if !filter.kinds.is_empty() {
            let kinds = filter.kinds.iter().map(|kind| kind.name());
            selected = selected.add(change_log::Column::Kind.is_in(kinds));
        }
        if !filter.nodes.is_empty() {
            selected = selected.add(is_one_of(&filter.nodes));
        }
        if let Some(plan) = &filter.plan {
            selected = selected.add(is_part_of(plan));
        }
        let condition = Condition::all()
            .add(change_log::Column::Revision.gt(filter.since.get()))
            .add(change_log::Column::Revision.lte(self.revision.number.get()));
        if selected.is_empty() {
            return condition;
        }
        // Always include resync entries. They tell a client that changes are missing.
        let is_resync = change_log::Column::Kind.eq(ChangeKind::Resync.name());
        condition.add(Condition::any().add(is_resync).add(selected))
    }

    async fn load_entries(&self, rows: Vec<change_log::Model>) -> Result<Vec<ChangeLogEntry>, StorageError> {
        let numbers: BTreeSet<i64> = rows.iter().map(|row| row.revision).collect();
        let times = self.revision_times(&numbers).await?;
        rows.into_iter().map(|row| to_change(row, &times)).collect()
    }
}

/// Returns the condition for changes of some objects.
fn is_one_of(nodes: &[NodeKey]) -> Condition {
    let mut keys: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in nodes {
        keys.entry(node.kind()).or_default().push(node.key());
    }
    keys.into_iter().fold(Condition::any(), |condition, (kind, keys)| {
        let of_kind = Condition::all()
            .add(change_log::Column::NodeKind.eq(kind))
            .add(change_log::Column::NodeKey.is_in(keys));
        condition.add(of_kind)
    })
}

/// Returns the condition for changes of a plan, its categories and its measures. Removed ones are included.
fn is_part_of(plan: &PlanKey) -> Condition {
    // One lookup in the index on the key for each change. A list of all keys of a large plan would be built
    // for each statement.
    let measures = Query::select()
        .expr(Expr::val(1))
        .from(measure::Entity)
        .and_where(
            Expr::col((measure::Entity, measure::Column::Key))
                .equals(change_log::Column::NodeKey.as_column_ref()),
        )
        .and_where(measure::Column::PlanKey.eq(plan.as_str()))
        .take();
    let categories = Query::select()
        .expr(Expr::val(1))
        .from(category::Entity)
        .and_where(
            Expr::col((category::Entity, category::Column::Key))
                .equals(change_log::Column::NodeKey.as_column_ref()),
        )
        .and_where(category::Column::PlanKey.eq(plan.as_str()))
        .take();
    let of_kind = |kind: &str| Condition::all().add(change_log::Column::NodeKind.eq(kind));
    Condition::any()
        .add(of_kind("PLAN").add(change_log::Column::NodeKey.eq(plan.as_str())))
        .add(of_kind("MEASURE").add(Expr::exists(measures)))
        .add(of_kind("CATEGORY").add(Expr::exists(categories)))
}
