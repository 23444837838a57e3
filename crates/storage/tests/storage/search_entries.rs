//! Batches of entries for the search index.

use std::collections::HashMap;

use passerelle_storage::{BatchLimit, SearchCursor, SearchKind};

use crate::support::Database;

/// Sizes of the batches of pages, in rows.
async fn batches(database: &Database, limit: BatchLimit) -> Vec<usize> {
    let view = database.view().await;
    let mut from = SearchCursor::default();
    let mut sizes = Vec::new();
    loop {
        let rows = view.search_entries(SearchKind::Page, from, limit, &HashMap::new()).await.unwrap();
        let Some(last) = rows.last() else { return sizes };
        from.row_id = last.row_id;
        sizes.push(rows.len());
    }
}

#[tokio::test]
async fn a_batch_of_search_entries_has_a_bounded_number_of_bytes() {
    let mut database = Database::new().await;
    // The text of each page has its number of kilobytes.
    for (name, kilobytes) in [("a", 1), ("b", 1), ("c", 1), ("d", 9), ("e", 3), ("f", 1)] {
        let text = format!("# {name}\n\n{}", "mare ".repeat(200 * kilobytes));
        database.publish_file(&format!("{name}.md"), &text).await;
    }
    assert_eq!(batches(&database, BatchLimit { rows: 200, bytes: 4_200 }).await, [3, 1, 2]);
    assert_eq!(batches(&database, BatchLimit { rows: 4, bytes: u64::MAX }).await, [4, 2]);
    assert_eq!(batches(&database, BatchLimit { rows: 200, bytes: 0 }).await, [1; 6]);
}
