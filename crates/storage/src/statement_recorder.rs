//! Records the SQL statements of a task.

use std::cell::RefCell;
use std::time::Duration;

/// A recorded statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutedStatement {
    /// SQL text with placeholders for values.
    pub sql: String,
    /// Time until the last row was received.
    pub elapsed: Duration,
}

tokio::task_local! {
    /// Statements that the current task ran. Unset if nothing records them.
    static RECORDED: RefCell<Vec<ExecutedStatement>>;
}

/// Runs a future and returns the statements that it executed, in the order of completion. Statements of
/// spawned tasks are not recorded.
pub async fn record_statements<T>(work: impl Future<Output = T>) -> (T, Vec<ExecutedStatement>) {
    let work_with_record = async {
        let output = work.await;
        (output, RECORDED.with(RefCell::take))
    };
    RECORDED.scope(RefCell::default(), work_with_record).await
}

/// Records a statement of the current task.
pub(crate) fn record_statement(sql: &str, elapsed: Duration) {
    // Usually no recorder is active.
    let _ = RECORDED
        .try_with(|record| record.borrow_mut().push(ExecutedStatement { sql: sql.to_owned(), elapsed }));
}
