//! Records the SQL statements of a task.

use std::cell::RefCell;
use std::time::Duration;

/// A statement that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutedStatement {
    /// Its text, with signs where its values were.
    pub sql: String,
    /// From sending it to its last row.
    pub elapsed: Duration,
}

tokio::task_local! {
    /// Statements that the current task ran. Unset if nothing records them.
    static RECORDED: RefCell<Vec<ExecutedStatement>>;
}

/// Does some work, and tells which statements it ran, in the order of their ends. What it spawns is not seen.
pub async fn record_statements<T>(work: impl Future<Output = T>) -> (T, Vec<ExecutedStatement>) {
    let work_with_record = async {
        let output = work.await;
        (output, RECORDED.with(RefCell::take))
    };
    RECORDED.scope(RefCell::default(), work_with_record).await
}

/// Tells of a statement that was run.
pub(crate) fn record_statement(sql: &str, elapsed: Duration) {
    // Nobody wants to know, most of the time.
    let _ = RECORDED
        .try_with(|record| record.borrow_mut().push(ExecutedStatement { sql: sql.to_owned(), elapsed }));
}
