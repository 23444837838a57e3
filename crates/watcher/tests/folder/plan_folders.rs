//! Plans with one file per measure: a change of any file is a change of the plan.

use std::fs;

use passerelle_storage::query_index::MeasureFilter;
use passerelle_storage::{MeasureQuery, MeasureScope, Pagination};
use passerelle_watcher::GracePeriods;

use crate::Folder;

const SETTINGS: &str = "title: Plan des vergers\nlang: fr\n";

fn measure(number: u32, status: &str) -> String {
    format!("---\ntitle: Planter le verger {number}\nnumber: {number}\nstatut: {status}\n---\n")
}

async fn measure_statuses(folder: &Folder) -> Vec<String> {
    let view = folder.storage.latest().await.unwrap();
    let Some(plan) = view.plans().await.unwrap().into_iter().next() else { return Vec::new() };
    let scope = MeasureScope { plan: plan.key.clone(), category: None };
    let query = MeasureQuery {
        filter: MeasureFilter::default(),
        order: Vec::new(),
        pagination: Pagination::first(100),
    };
    let slices = view.measures(&[scope], &query).await.unwrap();
    slices
        .into_values()
        .flat_map(|slice| slice.items)
        .map(|(_, measure)| measure.status_text.clone())
        .collect()
}

async fn sync(folder: &Folder) {
    folder.syncer(GracePeriods::NONE).sync_all().await.unwrap();
}

#[tokio::test]
async fn a_change_of_one_file_publishes_the_plan_again() {
    let folder = Folder::new().await;
    folder.write("vergers/plan.yaml", SETTINGS);
    for number in 1..=10 {
        folder.write(&format!("vergers/v{number}.md"), &measure(number, "À faire"));
    }
    folder
        .run_worker(async |worker| {
            worker.wait_until_served(&["vergers/plan.yaml"]).await;
            assert_eq!(measure_statuses(&folder).await, ["À faire"; 10]);
            folder.write("vergers/v2.md", &measure(2, "En cours"));
            worker.wait_until(async || measure_statuses(&folder).await[1] == "En cours").await;
            folder.write("vergers/v11.md", &measure(11, "Réalisé"));
            worker.wait_until(async || measure_statuses(&folder).await.len() == 11).await;
            // A file that cannot be read keeps the last good version.
            folder.write("vergers/v2.md", "---\ntitle: \"Planter\n---\n");
            worker
                .wait_until(async || {
                    let documents = folder.documents().await;
                    documents.iter().any(|document| {
                        document.diagnostics.iter().any(|diagnostic| diagnostic.message.contains("v2.md"))
                    })
                })
                .await;
            assert_eq!(measure_statuses(&folder).await.len(), 11);
            fs::remove_file(folder.content().join("vergers/v2.md")).unwrap();
            worker.wait_until(async || measure_statuses(&folder).await.len() == 10).await;
        })
        .await;
}

#[tokio::test]
async fn files_become_documents_again_when_the_settings_file_is_removed() {
    let folder = Folder::new().await;
    folder.write("vergers/v1.md", &measure(1, "À faire"));
    folder
        .run_worker(async |worker| {
            worker.wait_until_served(&["vergers/v1.md"]).await;
            folder.write("vergers/plan.yaml", SETTINGS);
            worker.wait_until_served(&["vergers/plan.yaml"]).await;
            fs::remove_file(folder.content().join("vergers/plan.yaml")).unwrap();
            worker.wait_until_served(&["vergers/v1.md"]).await;
        })
        .await;
}

#[tokio::test]
async fn a_full_scan_finds_a_change_of_a_file_without_an_event() {
    let folder = Folder::new().await;
    folder.write("vergers/plan.yaml", SETTINGS);
    folder.write("vergers/v1.md", &measure(1, "À faire"));
    sync(&folder).await;
    let revision = folder.storage.latest().await.unwrap().revision().number;
    sync(&folder).await;
    assert_eq!(folder.storage.latest().await.unwrap().revision().number, revision);
    folder.write("vergers/v1.md", &measure(1, "Réalisé"));
    sync(&folder).await;
    assert_eq!(measure_statuses(&folder).await, ["Réalisé"]);
}

#[tokio::test]
async fn an_acceptance_confirms_only_the_removals_before_it() {
    let folder = Folder::new().await;
    folder.write("vergers/plan.yaml", SETTINGS);
    for number in 1..=10 {
        folder.write(&format!("vergers/v{number}.md"), &measure(number, "À faire"));
    }
    sync(&folder).await;
    let remove = |numbers: std::ops::RangeInclusive<u32>| {
        for number in numbers {
            fs::remove_file(folder.content().join(format!("vergers/v{number}.md"))).unwrap();
        }
    };
    remove(1..=3);
    sync(&folder).await;
    assert_eq!(measure_statuses(&folder).await.len(), 10);
    folder.write("vergers/plan.yaml.accept", "");
    sync(&folder).await;
    assert_eq!(measure_statuses(&folder).await.len(), 7);
}
