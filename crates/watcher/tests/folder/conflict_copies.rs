//! Copies of synchronisation tools are not served while their original is.

use std::fs;

use passerelle_model::document::{Document, DocumentState};
use passerelle_watcher::GracePeriods;

use crate::Folder;

const COPY: &str = "menu.sync-conflict-20240131-120000-ABCDEFG.md";

async fn copy(folder: &Folder) -> Document {
    let documents = folder.documents().await;
    documents.into_iter().find(|document| document.path.as_str() == COPY).unwrap()
}

async fn page_count(folder: &Folder) -> usize {
    let documents = folder.documents().await;
    documents.iter().filter(|document| document.published_revision.is_some()).count()
}

#[tokio::test]
async fn copy_is_rejected_while_its_original_exists() {
    let folder = Folder::new().await;
    folder.write("menu.md", "# Menu\n");
    folder.write(COPY, "# Menu (Ann)\n");
    let mut syncer = folder.syncer(GracePeriods::NONE);
    syncer.sync_all().await.unwrap();
    let document = copy(&folder).await;
    assert_eq!((document.state, document.published_revision), (DocumentState::Rejected, None));
    assert_eq!(document.diagnostics[0].code, "CONFLICT_COPY");
    assert!(document.diagnostics[0].message.contains("menu.md"));
    assert!(!syncer.sync_all().await.unwrap().changed());

    fs::remove_file(folder.content().join("menu.md")).unwrap();
    syncer.sync_all().await.unwrap();
    let document = copy(&folder).await;
    assert_eq!((document.state, document.diagnostics.len()), (DocumentState::Published, 0));
}

#[tokio::test]
async fn worker_withdraws_a_copy_when_its_original_arrives_and_serves_it_when_that_goes() {
    let folder = Folder::new().await;
    folder.write(COPY, "# Menu (Ann)\n");
    folder
        .run_worker(async |worker| {
            assert_eq!(copy(&folder).await.state, DocumentState::Published);
            folder.write("menu.md", "# Menu\n");
            worker.wait_until(async || copy(&folder).await.state == DocumentState::Rejected).await;
            assert_eq!((copy(&folder).await.published_revision, page_count(&folder).await), (None, 1));

            fs::remove_file(folder.content().join("menu.md")).unwrap();
            worker.wait_until(async || copy(&folder).await.state == DocumentState::Published).await;
            assert_eq!(folder.paths().await, [COPY]);
        })
        .await;
}
