//! Stored values that cannot be read: each is an error with its table, none becomes a default.

use passerelle_storage::{ChangeFilter, Pagination, ReadView, RedirectFilter, RouteFilter, StorageError};
use sea_orm::ConnectionTrait;

use crate::support::{Database, PLAN};

const PAGE: &str = "---\nslug: mare\nlang: fr\n---\n# Une page\n";
const RENAMED_PAGE: &str = "---\nslug: etang\nlang: fr\n---\n# Une page\n";

/// Reads everything of the list that the statement changes. Returns the first error.
async fn read_all(view: &ReadView) -> Result<(), StorageError> {
    let all = Pagination::first(100);
    view.changes(&ChangeFilter::default(), &all).await?;
    view.redirects(RedirectFilter::default(), &all).await?;
    view.routes(&RouteFilter::default(), &all).await?;
    view.collections().await?;
    Ok(())
}

#[tokio::test]
async fn unreadable_values_are_errors_and_never_defaults() {
    for (statement, expected) in [
        ("UPDATE change_log SET node_kind = 'CLOUD'", "node_kind"),
        ("UPDATE change_log SET kind = 'MELTED'", "kind"),
        ("DELETE FROM revision WHERE number = 1", "revision"),
        ("UPDATE former_address SET lang = 'xx'", "lang"),
        ("UPDATE page SET lang = 'xx'", "lang"),
        ("UPDATE plan SET lang = 'xx'", "lang"),
        ("UPDATE collection SET contract = '{'", "contract"),
    ] {
        let mut database = Database::new().await;
        database.publish_file("plan.txt", PLAN).await;
        database.publish_file("a.md", PAGE).await;
        database.publish_file("a.md", RENAMED_PAGE).await;
        database
            .publish_file(
                "news/articles.schema.yaml",
                "type: object\nproperties:\n  date:\n    type: string\n",
            )
            .await;
        let view = database.view().await;
        read_all(&view).await.unwrap();
        let connection = sea_orm::Database::connect(database.place.url()).await.unwrap();
        let changed = connection.execute_unprepared(statement).await.unwrap().rows_affected();
        assert!(changed > 0, "{statement}");
        let error = read_all(&view).await.expect_err(statement);
        assert!(matches!(error, StorageError::InvalidValue { .. }), "{statement}: {error}");
        assert!(error.to_string().contains(expected), "{statement}: {error}");
    }
}
