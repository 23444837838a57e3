//! A temporary database and documents for each test.

use std::collections::BTreeMap;

use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::published::{PublishedMeasure, PublishedPlan};
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_storage::{
    FileChange, IngestedDocument, MeasureQuery, MeasureScope, PublishReport, ReadView, Storage,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::Value;

use crate::engine::{self, Place};

pub(crate) const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n#### a. Les berges\n\n\
    1.\tSemer des joncs*\tEn cours\n2.\tPoser un ponton\tPPS À faire\n\n## AXE 2: Arroser\n\n\
    3.\tOuvrir la vanne\tRéalisé\n4.\tFermer la vanne<sup>1</sup>\tÀ faire\n\n<sup>1</sup> Le soir\n";

pub(crate) struct Database {
    pub(crate) storage: Storage,
    pub(crate) place: Place,
    /// Time of the next batch, in milliseconds since the Unix epoch.
    pub(crate) now: i64,
}

impl Database {
    pub(crate) async fn new() -> Self {
        let place = Place::migrated();
        let storage = Storage::open(&place.url()).await.unwrap();
        Self { storage, place, now: 0 }
    }

    pub(crate) async fn publish(&mut self, mut changes: Vec<FileChange>) -> Option<PublishReport> {
        self.now += 1_000;
        self.storage.publish(&mut changes, Timestamp::from_millis(self.now)).await.unwrap()
    }

    pub(crate) async fn publish_file(&mut self, path: &str, text: &str) -> PublishReport {
        self.publish(vec![changed(ingested(path, text))]).await.unwrap()
    }

    pub(crate) async fn view(&self) -> ReadView {
        self.storage.latest().await.unwrap()
    }

    pub(crate) async fn plan(&self) -> PublishedPlan {
        self.view().await.plans().await.unwrap().remove(0)
    }

    pub(crate) async fn numbers(&self, query: &MeasureQuery) -> Vec<u32> {
        let scope = MeasureScope { plan: self.plan().await.key, category: None };
        let slices = self.view().await.measures(std::slice::from_ref(&scope), query).await.unwrap();
        slices[&scope].items.iter().map(|(_, measure)| measure.number).collect()
    }

    pub(crate) async fn measure(&self, number: u32) -> PublishedMeasure {
        let key = (self.plan().await.key, number);
        let mut found = self.view().await.measures_by_number(std::slice::from_ref(&key)).await.unwrap();
        PublishedMeasure::clone(&found.remove(&key).unwrap())
    }
}

/// Returns every row of a database through a separate connection, without the times of its migrations and
/// without its random id.
pub(crate) async fn rows(url: &str) -> Vec<String> {
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let column = async |sql: String| first_column(&connection, sql).await;
    let mut tables = column(engine::TABLES.to_owned()).await;
    tables.retain(|table| table != "seaql_migrations");
    let mut rows = Vec::new();
    for table in tables {
        let columns = column(engine::columns_of(&table)).await;
        let columns = columns.into_iter().filter(|name| (table.as_str(), name.as_str()) != ("meta", "epoch"));
        let columns: Vec<String> = columns.map(|name| format!("\"{name}\"")).collect();
        let found = column(engine::rows_of(&table, &columns.join(", "))).await;
        let mut found: Vec<String> =
            found.iter().map(|row| format!("{table} {}", with_sorted_fields(row))).collect();
        found.sort();
        rows.extend(found);
    }
    connection.close().await.unwrap();
    rows
}

async fn first_column(connection: &DatabaseConnection, sql: String) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.into_iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Sorts the fields of a JSON column, because their order is not defined.
fn with_sorted_fields(row: &str) -> Value {
    fn sorted(value: Value) -> Value {
        match value {
            Value::Object(fields) => {
                let fields: BTreeMap<String, Value> =
                    fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
                fields.into_iter().collect()
            }
            value => value,
        }
    }
    let columns: Vec<Value> = serde_json::from_str(row).unwrap();
    let column = |value: Value| match value.as_str().map(serde_json::from_str) {
        Some(Ok(fields @ Value::Object(_))) => sorted(fields),
        _ => value,
    };
    columns.into_iter().map(column).collect()
}

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions::with_defaults(defaults)
}

pub(crate) fn path(path: &str) -> DocumentPath {
    DocumentPath::parse(path).unwrap()
}

pub(crate) fn changed(document: IngestedDocument) -> FileChange {
    FileChange::DocumentIngested(Box::new(document))
}

pub(crate) fn ingested(at: &str, text: &str) -> IngestedDocument {
    let reading = read(&path(at), text.as_bytes(), options(&FolderDefaults::default())).unwrap();
    IngestedDocument {
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
        defaults_checksum: None,
        reading,
        is_accepted: false,
    }
}
