//! The order of texts equals that of SQLite, whatever the language of the server.

use passerelle_storage::{DocumentFilter, DocumentQuery, Pagination};

use crate::support::{Database, changed, ingested};

#[tokio::test]
async fn texts_are_ordered_by_their_bytes() {
    // In French: a.md, a-b.md, B.md, é.md, z.md.
    const SORTED: [&str; 5] = ["B.md", "a-b.md", "a.md", "z.md", "é.md"];
    let mut database = Database::new().await;
    let mut paths = SORTED;
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    let changes = paths.iter().map(|path| changed(ingested(path, "# Page\n"))).collect();
    database.publish(changes).await.unwrap();
    let mut pagination = Pagination::first(2);
    let mut found = Vec::new();
    loop {
        let query = DocumentQuery { filter: DocumentFilter::default(), pagination: pagination.clone() };
        let slice = database.view().await.documents(&query).await.unwrap();
        found.extend(slice.items.iter().map(|(_, document)| document.path.to_string()));
        pagination.after = slice.items.last().map(|(cursor, _)| cursor.clone());
        if !slice.has_next {
            break;
        }
    }
    assert_eq!(found, SORTED);
}

#[tokio::test]
async fn nul_characters_are_replaced() {
    let mut database = Database::new().await;
    database.publish_file("a.md", "---\ntitle: \"a\\0b\"\nnote: \"c\\0d\"\n---\nTexte.\n").await;
    let page = database.view().await.page(&passerelle_storage::PageFilter::default()).await.unwrap().unwrap();
    assert_eq!(page.page.title, "a\u{FFFD}b");
    assert_eq!(page.page.front_matter["note"], "c\u{FFFD}d");
}
