//! The row of the leader: its state, and requests for full scans.

use std::time::Duration;

use passerelle_model::sync::SyncOutcome;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Statement};

use super::channels::{REQUEST_CHANNEL, STATUS_CHANNEL};
use crate::error::StorageError;
use crate::term::{Epoch, LeaderRecord, SyncRequestNumber};

const RECORD: &str =
    "SELECT name, seen_at, status, completed, outcome, lease_until > now_millis AS is_leading,
        now_millis - seen_at AS seen_ago
    FROM leader, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_millis) clock
    WHERE id = 1";
const REQUEST: &str = "UPDATE leader SET requested = requested + 1 WHERE id = 1 RETURNING requested";
const COMPLETE: &str =
    "UPDATE leader SET completed = $1, outcome = $2 WHERE id = 1 AND epoch = $3 AND completed < $4";

#[derive(FromQueryResult)]
struct Row {
    name: String,
    status: String,
    completed: i64,
    outcome: String,
    is_leading: bool,
    seen_ago: i64,
}

/// Reads the state of the leader. A state that another version of the program wrote may be unreadable.
pub(crate) async fn read(connection: &impl ConnectionTrait) -> Result<LeaderRecord, StorageError> {
    let row =
        Row::find_by_statement(Statement::from_string(DbBackend::Postgres, RECORD)).one(connection).await?;
    let Some(row) = row else { return Ok(LeaderRecord::default()) };
    Ok(LeaderRecord {
        is_leading: row.is_leading && !row.name.is_empty(),
        name: Some(row.name).filter(|name| !name.is_empty()),
        seen_ago: Duration::from_millis(u64::try_from(row.seen_ago).unwrap_or(0)),
        status: serde_json::from_str(&row.status).ok(),
        completed: SyncRequestNumber::new(row.completed),
        outcome: serde_json::from_str(&row.outcome).ok(),
    })
}

/// Asks the leader for a full scan. Returns the number of the request.
pub(super) async fn request(transaction: DatabaseTransaction) -> Result<SyncRequestNumber, StorageError> {
    let row = transaction.query_one_raw(Statement::from_string(DbBackend::Postgres, REQUEST)).await?;
    let row =
        row.ok_or_else(|| DbErr::RecordNotFound("the row of the table leader is missing".to_owned()))?;
    let number = SyncRequestNumber::new(row.try_get_by_index(0)?);
    transaction.execute_unprepared(REQUEST_CHANNEL.notify()).await?;
    transaction.commit().await?;
    Ok(number)
}

/// Records the result of all requests up to this number, while the epoch is the present one.
pub(super) async fn complete(
    transaction: DatabaseTransaction,
    epoch: Epoch,
    number: SyncRequestNumber,
    outcome: &SyncOutcome,
) -> Result<(), StorageError> {
    let outcome = serde_json::to_string(outcome).unwrap_or_default();
    let values = vec![number.get().into(), outcome.into(), epoch.get().into(), number.get().into()];
    let complete = Statement::from_sql_and_values(DbBackend::Postgres, COMPLETE, values);
    transaction.execute_raw(complete).await?;
    transaction.execute_unprepared(STATUS_CHANNEL.notify()).await?;
    transaction.commit().await?;
    Ok(())
}
