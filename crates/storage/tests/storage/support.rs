//! A database of its own for each test, and documents to put into it.

use passerelle_document::checksum::Checksum;
use passerelle_document::decode::Growth;
use passerelle_document::folder_defaults::FolderDefaults;
use passerelle_document::manifest::Fingerprint;
use passerelle_document::markdown::RawHtml;
use passerelle_document::path::DocumentPath;
use passerelle_document::read::{ReadOptions, read};
use passerelle_document::served::{ServedMeasure, ServedPlan};
use passerelle_document::timestamp::Timestamp;
use passerelle_storage::{Batch, Ingested, MeasureQuery, MeasureScope, Published, Storage, View};
use tempfile::TempDir;

pub(crate) const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n#### a. Les berges\n\n\
    1.\tSemer des joncs*\tEn cours\n2.\tPoser un ponton\tPPS À faire\n\n## AXE 2: Arroser\n\n\
    3.\tOuvrir la vanne\tRéalisé\n4.\tFermer la vanne<sup>1</sup>\tÀ faire\n\n<sup>1</sup> Le soir\n";

pub(crate) struct Database {
    pub(crate) storage: Storage,
    _folder: TempDir,
    /// The time of the next batch, in milliseconds.
    pub(crate) now: i64,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        Self { storage: Storage::open(&url).await.unwrap(), _folder: folder, now: 0 }
    }

    pub(crate) async fn publish(&mut self, batch: Batch) -> Option<Published> {
        self.now += 1_000;
        self.storage.publish(batch, Timestamp::from_millis(self.now)).await.unwrap()
    }

    pub(crate) async fn drop_file(&mut self, path: &str, text: &str) -> Published {
        self.publish(Batch { ingested: vec![ingested(path, text)], ..Batch::default() }).await.unwrap()
    }

    pub(crate) async fn view(&self) -> View {
        self.storage.latest().await.unwrap()
    }

    pub(crate) async fn plan(&self) -> ServedPlan {
        self.view().await.plans(None).await.unwrap().remove(0)
    }

    pub(crate) async fn numbers(&self, query: &MeasureQuery) -> Vec<u32> {
        let scope = MeasureScope { plan: self.plan().await.key, category: None };
        let slices = self.view().await.measures(std::slice::from_ref(&scope), query).await.unwrap();
        slices[&scope].items.iter().map(|(_, measure)| measure.number).collect()
    }

    pub(crate) async fn measure(&self, number: u32) -> ServedMeasure {
        let wanted = (self.plan().await.key, number);
        let mut found = self.view().await.measures_by_number(std::slice::from_ref(&wanted)).await.unwrap();
        found.remove(&wanted).unwrap()
    }
}

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions { growth: Growth::Over, defaults, raw_html: RawHtml::Removed }
}

pub(crate) fn path(path: &str) -> DocumentPath {
    DocumentPath::parse(path).unwrap()
}

pub(crate) fn ingested(at: &str, text: &str) -> Ingested {
    let reading = read(&path(at), text.as_bytes(), options(&FolderDefaults::default())).unwrap();
    Ingested {
        path: path(at),
        moved_from: None,
        fingerprint: Fingerprint {
            inode: u64::MAX,
            size: text.len() as u64,
            modified_nanos: 5_000_000,
            changed_nanos: 5,
        },
        checksum: Checksum::of(text.as_bytes()),
        size: text.len() as u64,
        defaults: None,
        reading,
        is_accepted: false,
    }
}
