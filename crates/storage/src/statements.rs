//! Which statements some work ran.

use std::cell::RefCell;
use std::time::Duration;

/// A statement that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Its text, with signs where its values were.
    pub sql: String,
    /// From sending it to its last row.
    pub took: Duration,
}

tokio::task_local! {
    /// What the work of this task ran so far, where somebody wants to know.
    static RECORD: RefCell<Vec<Ran>>;
}

/// Does some work, and tells which statements it ran, in the order of their ends. What it spawns is not seen.
pub async fn recorded<T>(work: impl Future<Output = T>) -> (T, Vec<Ran>) {
    let recording = async {
        let done = work.await;
        (done, RECORD.with(RefCell::take))
    };
    RECORD.scope(RefCell::default(), recording).await
}

/// Tells of a statement that was run.
pub(crate) fn note(sql: &str, took: Duration) {
    // Nobody wants to know, most of the time.
    let _ = RECORD.try_with(|record| record.borrow_mut().push(Ran { sql: sql.to_owned(), took }));
}
