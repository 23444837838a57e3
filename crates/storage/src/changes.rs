//! The log of changes: what each revision changed, in order.

use std::collections::{BTreeSet, HashMap};

use passerelle_model::change::{ChangeKind, NodeKey};
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::{Address, MANY};
use crate::entity::{change_log, revision};
use crate::error::StorageError;
use crate::keyset::{self, Cursor, CursorValue, Slice, Term, Window};
use crate::view::View;

/// A change and when it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedChange {
    /// The revision that it is part of.
    pub revision: Revision,
    /// Its place among the changes of that revision.
    pub ordinal: i32,
    /// What kind of change.
    pub kind: ChangeKind,
    /// Of what; none for [`ChangeKind::Resync`].
    pub node: Option<NodeKey>,
    /// The field that changed, by its GraphQL name; none where the whole thing came or went.
    pub field: Option<String>,
    /// The field before.
    pub before: Option<String>,
    /// The field after.
    pub after: Option<String>,
}

/// The place of a change in the log. Changes are told in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangePlace {
    /// The revision.
    pub revision: RevisionNumber,
    /// The place among the changes of that revision.
    pub ordinal: i32,
}

impl ChangePlace {
    /// After every change of a revision.
    pub fn after(revision: RevisionNumber) -> Self {
        Self { revision, ordinal: i32::MAX }
    }

    fn cursor(self) -> Cursor {
        let values = [self.revision.get(), i64::from(self.ordinal)];
        Cursor(values.map(CursorValue::Number).to_vec())
    }
}

/// Which changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChangeFilter {
    /// Those of later revisions than this.
    pub since: RevisionNumber,
    /// Of these kinds; all where it is empty.
    pub kinds: Vec<ChangeKind>,
}

impl LoggedChange {
    /// Where it stands in the log.
    pub fn place(&self) -> ChangePlace {
        ChangePlace { revision: self.revision.number, ordinal: self.ordinal }
    }
}

impl View {
    /// A part of the changes up to the revision of this view, oldest first.
    pub async fn changes(
        &self,
        filter: &ChangeFilter,
        window: &Window,
    ) -> Result<Slice<LoggedChange>, StorageError> {
        let terms = [
            Term::ascending(Expr::col(change_log::Column::Revision)),
            Term::ascending(Expr::col(change_log::Column::Ordinal)),
        ];
        let select = change_log::Entity::find().filter(self.kept(filter)).limit(u64::from(window.limit) + 1);
        let select = keyset::within(keyset::ordered(select, &terms, window.from_end), &terms, window);
        let changes = self.logged(select.all(&self.reader).await?).await?;
        Ok(keyset::slice(changes, window, |change| change.place().cursor()))
    }

    /// How many changes a filter keeps.
    pub async fn change_count(&self, filter: &ChangeFilter) -> Result<u64, StorageError> {
        Ok(change_log::Entity::find().filter(self.kept(filter)).count(&self.reader).await?)
    }

    /// The changes after a place in the log, at most so many, oldest first.
    pub async fn changes_after(
        &self,
        place: ChangePlace,
        kinds: &[ChangeKind],
        limit: u32,
    ) -> Result<Vec<LoggedChange>, StorageError> {
        let filter = ChangeFilter { since: RevisionNumber::default(), kinds: kinds.to_vec() };
        let window = Window { after: Some(place.cursor()), ..Window::first(limit) };
        let slice = self.changes(&filter, &window).await?;
        Ok(slice.items.into_iter().map(|(_, change)| change).collect())
    }

    /// The change at a place.
    pub async fn change_at(&self, place: ChangePlace) -> Result<Option<LoggedChange>, StorageError> {
        let row = change_log::Entity::find()
            .filter(change_log::Column::Revision.eq(place.revision.get()))
            .filter(change_log::Column::Ordinal.eq(place.ordinal))
            .one(&self.reader)
            .await?;
        Ok(self.logged(row.into_iter().collect()).await?.pop())
    }

    /// The changes of each of these things, oldest first.
    pub async fn changes_of(
        &self,
        nodes: &[NodeKey],
    ) -> Result<HashMap<NodeKey, Vec<LoggedChange>>, StorageError> {
        let keys: BTreeSet<&str> = nodes.iter().map(NodeKey::key).collect();
        let rows = change_log::Entity::find()
            .filter(change_log::Column::NodeKey.is_in(keys))
            .filter(change_log::Column::Revision.lte(self.revision.number.get()))
            .order_by_asc(change_log::Column::Revision)
            .order_by_asc(change_log::Column::Ordinal)
            .all(&self.reader)
            .await?;
        let mut changes: HashMap<NodeKey, Vec<LoggedChange>> = HashMap::new();
        for change in self.logged(rows).await? {
            if let Some(node) = change.node.clone().filter(|node| nodes.contains(node)) {
                changes.entry(node).or_default().push(change);
            }
        }
        Ok(changes)
    }

    fn kept(&self, filter: &ChangeFilter) -> Condition {
        let kept = Condition::all()
            .add(change_log::Column::Revision.gt(filter.since.get()))
            .add(change_log::Column::Revision.lte(self.revision.number.get()));
        if filter.kinds.is_empty() {
            return kept;
        }
        // Whoever asks for some kinds must still hear that some are missing.
        let kinds = filter.kinds.iter().chain([&ChangeKind::Resync]).map(|kind| kind.name());
        kept.add(change_log::Column::Kind.is_in(kinds))
    }

    async fn logged(&self, rows: Vec<change_log::Model>) -> Result<Vec<LoggedChange>, StorageError> {
        let numbers: BTreeSet<i64> = rows.iter().map(|row| row.revision).collect();
        let at = self.times(&numbers).await?;
        let change = |row: change_log::Model| {
            let key = row.id.to_string();
            let address = Address { table: "change_log", key: &key };
            let number = RevisionNumber::new(row.revision);
            Ok(LoggedChange {
                revision: Revision { number, at: at.get(&row.revision).copied().unwrap_or_default() },
                ordinal: row.ordinal,
                kind: address.name("kind", &row.kind, ChangeKind::from_name)?,
                node: NodeKey::from_parts(&row.node_kind, &row.node_key),
                field: row.field,
                before: row.before,
                after: row.after,
            })
        };
        rows.into_iter().map(change).collect()
    }

    /// When these revisions were published.
    pub(crate) async fn times(
        &self,
        numbers: &BTreeSet<i64>,
    ) -> Result<HashMap<i64, Timestamp>, StorageError> {
        let numbers: Vec<i64> = numbers.iter().copied().collect();
        let mut times = HashMap::with_capacity(numbers.len());
        for chunk in numbers.chunks(MANY) {
            let chunk = revision::Column::Number.is_in(chunk.iter().copied());
            let rows = revision::Entity::find().filter(chunk).all(&self.reader).await?;
            times.extend(rows.into_iter().map(|row| (row.number, Timestamp::from_millis(row.at))));
        }
        Ok(times)
    }
}
