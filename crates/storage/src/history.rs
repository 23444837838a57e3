//! History: status changes, progress over time, content at a date, and pruning.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use passerelle_model::change::ChangeKind;
use passerelle_model::interval::Interval;
use passerelle_model::key::{MeasureKey, PlanKey};
use passerelle_model::plan::{MeasureStatus, Progress, ProgressCounter};
use passerelle_model::revision::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use tokio::task::spawn_blocking;

use crate::column::RowContext;
use crate::connect::Storage;
use crate::entity::{
    asset, category, change_log, collection, document, former_address, measure, meta, page, plan, revision,
    support_service,
};
use crate::error::StorageError;
use crate::meta::pruned_revision;
use crate::progress_curves::{ProgressPoint, StopOnDrop};
use crate::publish::rows;
use crate::read_view::ReadView;
use crate::redirects::{PAGE, PLAN};
use crate::versioned::Versioned;

/// A change of the status of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The previous status. `None` for a new measure.
    pub from: Option<MeasureStatus>,
    /// The new status.
    pub to: MeasureStatus,
    /// Revision of the change.
    pub revision: Revision,
}

/// Result of looking up the content at a time.
#[derive(Clone, Debug)]
pub enum AsOfResult {
    /// The content is available.
    Found(ReadView),
    /// Nothing was published at this time.
    BeforeFirstRevision,
    /// The content was pruned. The value is the time of the oldest available content.
    Pruned(Timestamp),
}

/// Result of pruning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PruneReport {
    /// Number of deleted content rows.
    pub rows_deleted: u64,
    /// Number of deleted change log entries.
    pub changes_deleted: u64,
    /// Oldest available revision.
    pub oldest_revision: RevisionNumber,
}

/// Maximum number of points. The oldest points are dropped first. It bounds the size of a response.
const MAX_PROGRESS_POINTS: usize = 1_000;

impl Storage {
    /// Returns the content at a time.
    pub async fn as_of(&self, at: Timestamp) -> Result<AsOfResult, StorageError> {
        let row = revision::Entity::find()
            .filter(revision::Column::At.lte(at.millis()))
            .order_by_desc(revision::Column::Number)
            .one(&self.read_pool)
            .await?;
        let Some(row) = row else { return Ok(AsOfResult::BeforeFirstRevision) };
        let oldest = pruned_revision(&self.read_pool).await?;
        if row.number < oldest {
            let oldest = revision::Entity::find_by_id(oldest).one(&self.read_pool).await?;
            return Ok(AsOfResult::Pruned(Timestamp::from_millis(oldest.map_or(0, |row| row.at))));
        }
        let number = RevisionNumber::new(row.number);
        Ok(AsOfResult::Found(self.view_at(Revision { number, at: Timestamp::from_millis(row.at) })))
    }

    /// Returns the content as of a revision. `None` if the revision was pruned or does not exist.
    pub async fn at_revision(&self, number: RevisionNumber) -> Result<Option<ReadView>, StorageError> {
        let row = revision::Entity::find_by_id(number.get()).one(&self.read_pool).await?;
        let Some(row) = row else { return Ok(None) };
        if row.number < pruned_revision(&self.read_pool).await? {
            return Ok(None);
        }
        Ok(Some(self.view_at(Revision { number, at: Timestamp::from_millis(row.at) })))
    }

    /// Deletes the content and changes that only views before this time need. Current content stays.
    pub async fn prune(&self, before: Timestamp) -> Result<PruneReport, StorageError> {
        let transaction = self.begin().await?;
        let oldest = revision::Entity::find()
            .filter(revision::Column::At.lte(before.millis()))
            .order_by_desc(revision::Column::Number)
            .one(&transaction)
            .await?;
        let Some(oldest) = oldest.map(|row| row.number) else {
            transaction.rollback().await?;
            return Ok(PruneReport::default());
        };
        let already_pruned = pruned_revision(&transaction).await?;
        if oldest <= already_pruned {
            // An earlier pruning deleted more.
            transaction.rollback().await?;
            return Ok(PruneReport {
                oldest_revision: RevisionNumber::new(already_pruned),
                ..PruneReport::default()
            });
        }
        let mut pruned =
            PruneReport { oldest_revision: RevisionNumber::new(oldest), ..PruneReport::default() };
        macro_rules! prune {
            ($($table:ident),*) => {$(
                let closed = <$table::Entity as Versioned>::UNTIL_REVISION.lte(oldest);
                pruned.rows_deleted += $table::Entity::delete_many().filter(closed).exec(&transaction).await?.rows_affected;
            )*};
        }
        prune!(asset, category, collection, measure, page, plan, support_service);
        // Delete the former addresses of removed objects. Those of current objects stay, so that old links
        // still redirect.
        for (kind, rows) in [
            (PAGE, page::Entity::find().select_only().column(page::Column::Key).into_query()),
            (PLAN, plan::Entity::find().select_only().column(plan::Column::Key).into_query()),
        ] {
            former_address::Entity::delete_many()
                .filter(former_address::Column::Kind.eq(kind))
                .filter(former_address::Column::Key.not_in_subquery(rows))
                .exec(&transaction)
                .await?;
        }
        let removed_documents = document::Column::RemovedAt.lte(oldest);
        document::Entity::delete_many().filter(removed_documents).exec(&transaction).await?;
        let old_changes = change_log::Column::Revision.lte(oldest);
        pruned.changes_deleted =
            change_log::Entity::delete_many().filter(old_changes).exec(&transaction).await?.rows_affected;
        // Clients with an older revision must refetch their data, so a resync entry comes first.
        let resync = change_log::Model {
            id: 0,
            revision: oldest,
            ordinal: 0,
            kind: ChangeKind::Resync.name().to_owned(),
            node_kind: String::new(),
            node_key: String::new(),
            field: None,
            before: None,
            after: None,
        };
        rows::insert::<change_log::Entity>(&transaction, vec![resync], change_log::Column::Id).await?;
        meta::Entity::update_many()
            .col_expr(meta::Column::PrunedRevision, Expr::value(oldest))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        self.latest().await?;
        Ok(pruned)
    }
}

/// Version of a measure, for computing the progress of a plan over time.
#[derive(FromQueryResult)]
struct MeasureVersion {
    key: String,
    from_revision: i64,
    until_revision: Option<i64>,
    status: String,
    repeat_group: Option<i32>,
}

impl ReadView {
    /// Returns the status changes of measures, oldest first, as far back as rows are stored.
    pub async fn status_changes(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, Vec<StatusChange>>, StorageError> {
        let condition = measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str));
        let measure_versions = self.measure_versions(condition).await?;
        let first_revisions: BTreeSet<i64> =
            measure_versions.iter().map(|version| version.from_revision).collect();
        let times = self.revision_times(&first_revisions).await?;
        let mut changes: HashMap<MeasureKey, Vec<StatusChange>> = HashMap::new();
        for version in measure_versions {
            let context = RowContext { table: "measure", key: &version.key };
            let to = context.parse_text("status", &version.status, MeasureStatus::from_name)?;
            let history = changes.entry(MeasureKey::new(version.key.as_str())).or_default();
            let from = history.last().map(|last| last.to);
            if from != Some(to) {
                let number = RevisionNumber::new(version.from_revision);
                let at = times.get(&version.from_revision).copied().unwrap_or_default();
                history.push(StatusChange { from, to, revision: Revision { number, at } });
            }
        }
        Ok(changes)
    }

    /// Returns the progress of a plan at the end of each interval, back to the oldest row that was not
    /// pruned.
    pub async fn progress_over_time(
        &self,
        plan: &PlanKey,
        interval: Interval,
    ) -> Result<Arc<Vec<ProgressPoint>>, StorageError> {
        let key = (plan.clone(), interval, self.revision.number, self.latest_revision.pruned());
        let computing = Box::pin(self.compute_progress_over_time(plan, interval));
        self.index_cache.curves.get_or_compute(key, computing).await
    }

    async fn compute_progress_over_time(
        &self,
        plan: &PlanKey,
        interval: Interval,
    ) -> Result<Vec<ProgressPoint>, StorageError> {
        let measure_versions = self.measure_versions(measure::Column::PlanKey.eq(plan.as_str())).await?;
        let pruned = pruned_revision(&self.read_pool).await?;
        // Rows before a pruning are incomplete, so the points start with it.
        let boundaries: BTreeSet<i64> = measure_versions
            .iter()
            .flat_map(|version| std::iter::once(version.from_revision).chain(version.until_revision))
            .map(|boundary| boundary.max(pruned))
            .collect();
        let times = self.revision_times(&boundaries).await?;
        // The last boundary in an interval gives the progress at its end.
        let mut ends: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for boundary in boundaries.into_iter().filter(|boundary| *boundary <= self.revision.number.get()) {
            let at = times.get(&boundary).copied().unwrap_or_default();
            ends.entry(interval.end_after(at))
                .and_modify(|last| *last = boundary.max(*last))
                .or_insert(boundary);
        }
        let (stop_on_drop, latest) = (StopOnDrop::default(), self.revision.at);
        let stop = stop_on_drop.flag();
        // Each point walks all versions. On a thread of its own, it delays no other request.
        let points =
            spawn_blocking(move || points_at(&measure_versions, &ends, interval, latest, &stop)).await;
        points?
    }

    /// Returns the rows of measures that began up to the revision of this view, in the order of their
    /// beginning.
    async fn measure_versions(
        &self,
        condition: impl sea_orm::sea_query::IntoCondition,
    ) -> Result<Vec<MeasureVersion>, StorageError> {
        use measure::Column;
        let columns =
            [Column::Key, Column::FromRevision, Column::UntilRevision, Column::Status, Column::RepeatGroup];
        let select = measure::Entity::find()
            .filter(condition.into_condition())
            .filter(Column::FromRevision.lte(self.revision.number.get()))
            .order_by_asc(Column::FromRevision)
            .select_only()
            .columns(columns);
        Ok(select.into_model::<MeasureVersion>().all(&self.read_pool).await?)
    }
}

/// Returns the progress at the end of each interval up to `latest`. Stops early, with a part of them, if
/// `stop` is set.
fn points_at(
    measure_versions: &[MeasureVersion],
    ends: &BTreeMap<Timestamp, i64>,
    interval: Interval,
    latest: Timestamp,
    stop: &AtomicBool,
) -> Result<Vec<ProgressPoint>, StorageError> {
    let Some((first, _)) = ends.first_key_value() else { return Ok(Vec::new()) };
    let last = interval.end_after(latest);
    let mut all_ends: Vec<Timestamp> =
        std::iter::successors(Some(*first), |end| Some(interval.end_after(*end)))
            .take_while(|end| *end <= last)
            .collect();
    let kept = all_ends.split_off(all_ends.len().saturating_sub(MAX_PROGRESS_POINTS));
    // The last boundary before the first kept point says how far it was there. The points before are not
    // computed.
    let before = all_ends.iter().rev().find_map(|end| ends.get(end));
    let mut progress = Some(Progress::default());
    if let Some(boundary) = before {
        progress = progress_at(measure_versions, *boundary)?;
    }
    let mut points = Vec::with_capacity(kept.len());
    for end in kept {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if let Some(boundary) = ends.get(&end) {
            progress = progress_at(measure_versions, *boundary)?;
        }
        points.push(ProgressPoint { at: end.min(latest), progress });
    }
    Ok(points)
}

/// Returns the progress at a revision. `None` if no measure had a known status.
fn progress_at(measure_versions: &[MeasureVersion], revision: i64) -> Result<Option<Progress>, StorageError> {
    let mut counter = ProgressCounter::default();
    let is_live = |version: &&MeasureVersion| {
        version.from_revision <= revision && version.until_revision.is_none_or(|until| until > revision)
    };
    for version in measure_versions.iter().filter(is_live) {
        let context = RowContext { table: "measure", key: &version.key };
        let group =
            version.repeat_group.map(|group| context.convert_integer("repeat_group", group)).transpose()?;
        counter.add(context.parse_text("status", &version.status, MeasureStatus::from_name)?, group);
    }
    Ok(Some(counter.finish()).filter(|progress| !progress.lacks_statuses()))
}
