//! What was: statuses and progress over time, the content as it stood, and how much of it is kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use passerelle_model::change::ChangeKind;
use passerelle_model::interval::Interval;
use passerelle_model::key::{MeasureKey, PlanKey};
use passerelle_model::plan::{MeasureStatus, Progress, ProgressCounter};
use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use crate::column::Address;
use crate::connect::Storage;
use crate::entity::{
    asset, category, change_log, document, measure, meta, page, plan, revision, support_service,
};
use crate::error::StorageError;
use crate::publish::rows;
use crate::timed::Timed;
use crate::view::View;

/// A status that a measure got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The status before; none when the measure came.
    pub from: Option<MeasureStatus>,
    /// The status from then on.
    pub to: MeasureStatus,
    /// When.
    pub revision: Revision,
}

/// How far a plan was at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressPoint {
    /// The end of an interval, or the newest revision where that is earlier.
    pub at: Timestamp,
    /// How far it was.
    pub progress: Progress,
}

/// The content as it stood at an instant.
#[derive(Clone, Debug)]
pub enum Past {
    /// It can be read.
    At(View),
    /// There was none yet.
    Nothing,
    /// It was pruned: the oldest that can be read is of this instant.
    Pruned(Timestamp),
}

/// What a pruning took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Rows of content that ended before.
    pub rows: u64,
    /// Lines of the change log.
    pub changes: u64,
    /// The oldest revision that can still be read.
    pub oldest: RevisionNumber,
}

/// More points than this are not drawn: the newest are kept.
const POINTS: usize = 1_000;

impl Storage {
    /// The content as it stood at an instant.
    pub async fn as_of(&self, at: Timestamp) -> Result<Past, StorageError> {
        let row = revision::Entity::find()
            .filter(revision::Column::At.lte(at.millis()))
            .order_by_desc(revision::Column::Number)
            .one(&self.reader)
            .await?;
        let Some(row) = row else { return Ok(Past::Nothing) };
        let oldest = pruned_revision(&self.reader).await?;
        if row.number < oldest {
            let oldest = revision::Entity::find_by_id(oldest).one(&self.reader).await?;
            return Ok(Past::Pruned(Timestamp::from_millis(oldest.map_or(0, |row| row.at))));
        }
        let number = RevisionNumber::new(row.number);
        Ok(Past::At(self.at(Revision { number, at: Timestamp::from_millis(row.at) })))
    }

    /// Takes away what nobody can read who reads at an instant or later, and the log of how it came to that. What is
    /// served stays.
    pub async fn prune(&self, before: Timestamp) -> Result<Pruned, StorageError> {
        let transaction = self.begin().await?;
        let oldest = revision::Entity::find()
            .filter(revision::Column::At.lte(before.millis()))
            .order_by_desc(revision::Column::Number)
            .one(&transaction)
            .await?;
        let Some(oldest) = oldest.map(|row| row.number) else {
            transaction.rollback().await?;
            return Ok(Pruned::default());
        };
        let known = pruned_revision(&transaction).await?;
        if oldest <= known {
            // Less than what is gone already.
            transaction.rollback().await?;
            return Ok(Pruned { oldest: RevisionNumber::new(known), ..Pruned::default() });
        }
        let mut pruned = Pruned { oldest: RevisionNumber::new(oldest), ..Pruned::default() };
        macro_rules! prune {
            ($($table:ident),*) => {$(
                let ended = <$table::Entity as Timed>::UNTIL.lte(oldest);
                pruned.rows += $table::Entity::delete_many().filter(ended).exec(&transaction).await?.rows_affected;
            )*};
        }
        prune!(asset, category, measure, page, plan, support_service);
        let gone = document::Column::RemovedAt.lte(oldest);
        document::Entity::delete_many().filter(gone).exec(&transaction).await?;
        let told = change_log::Column::Revision.lte(oldest);
        pruned.changes =
            change_log::Entity::delete_many().filter(told).exec(&transaction).await?.rows_affected;
        // Whoever was told less than this must read everything again, and hears so first.
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
        Ok(pruned)
    }
}

/// The oldest revision that can still be read: what ended before it is gone.
pub(crate) async fn pruned_revision(connection: &impl ConnectionTrait) -> Result<i64, StorageError> {
    Ok(meta::Entity::find().one(connection).await?.map_or(0, |meta| meta.pruned_revision))
}

/// What the history of a plan is drawn from.
#[derive(FromQueryResult)]
struct Life {
    key: String,
    from_revision: i64,
    until_revision: Option<i64>,
    status: String,
    repeat_group: Option<i32>,
}

impl View {
    /// The statuses that measures had, oldest first, as far back as rows are kept.
    pub async fn status_changes(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, Vec<StatusChange>>, StorageError> {
        let of = measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str));
        let lives = self.lives(of).await?;
        let began: BTreeSet<i64> = lives.iter().map(|life| life.from_revision).collect();
        let times = self.times(&began).await?;
        let mut changes: HashMap<MeasureKey, Vec<StatusChange>> = HashMap::new();
        for life in lives {
            let at = Address { table: "measure", key: &life.key };
            let to = at.name("status", &life.status, MeasureStatus::from_name)?;
            let own = changes.entry(MeasureKey::new(life.key.as_str())).or_default();
            let from = own.last().map(|last| last.to);
            if from != Some(to) {
                let number = RevisionNumber::new(life.from_revision);
                let at = times.get(&life.from_revision).copied().unwrap_or_default();
                own.push(StatusChange { from, to, revision: Revision { number, at } });
            }
        }
        Ok(changes)
    }

    /// How far a plan was at the end of each interval since it came, as far back as rows are kept.
    pub async fn progress_over_time(
        &self,
        plan: &PlanKey,
        interval: Interval,
    ) -> Result<Vec<ProgressPoint>, StorageError> {
        let lives = self.lives(measure::Column::PlanKey.eq(plan.as_str())).await?;
        let pruned = pruned_revision(&self.reader).await?;
        // What was before a pruning is known in part only: the course begins with it.
        let turns: BTreeSet<i64> = lives
            .iter()
            .flat_map(|life| std::iter::once(life.from_revision).chain(life.until_revision))
            .map(|turn| turn.max(pruned))
            .collect();
        let times = self.times(&turns).await?;
        // The last turn in each interval says how far it was at its end.
        let mut ends: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for turn in turns.into_iter().filter(|turn| *turn <= self.revision.number.get()) {
            let at = times.get(&turn).copied().unwrap_or_default();
            ends.entry(interval.end_after(at)).and_modify(|last| *last = turn.max(*last)).or_insert(turn);
        }
        let Some((first, _)) = ends.first_key_value() else { return Ok(Vec::new()) };
        let last = interval.end_after(self.revision.at);
        let mut points = Vec::new();
        let mut progress = Progress::default();
        let mut end = *first;
        while end <= last {
            if let Some(turn) = ends.get(&end) {
                progress = progress_at(&lives, *turn)?;
            }
            points.push(ProgressPoint { at: end.min(self.revision.at), progress });
            end = interval.end_after(end);
        }
        Ok(points.split_off(points.len().saturating_sub(POINTS)))
    }

    /// The rows of measures that began until the revision of this view, in the order in which they did.
    async fn lives(&self, of: impl sea_orm::sea_query::IntoCondition) -> Result<Vec<Life>, StorageError> {
        use measure::Column;
        let columns =
            [Column::Key, Column::FromRevision, Column::UntilRevision, Column::Status, Column::RepeatGroup];
        let select = measure::Entity::find()
            .filter(of.into_condition())
            .filter(Column::FromRevision.lte(self.revision.number.get()))
            .order_by_asc(Column::FromRevision)
            .select_only()
            .columns(columns);
        Ok(select.into_model::<Life>().all(&self.reader).await?)
    }
}

fn progress_at(lives: &[Life], revision: i64) -> Result<Progress, StorageError> {
    let mut counter = ProgressCounter::default();
    let is_live = |life: &&Life| {
        life.from_revision <= revision && life.until_revision.is_none_or(|until| until > revision)
    };
    for life in lives.iter().filter(is_live) {
        let at = Address { table: "measure", key: &life.key };
        let group = life.repeat_group.map(|group| at.number("repeat_group", group)).transpose()?;
        counter.add(at.name("status", &life.status, MeasureStatus::from_name)?, group);
    }
    Ok(counter.finish())
}
