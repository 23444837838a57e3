//! Fuzz target: executes fixed operations with arbitrary variables, so that filters, cursors and ids are
//! arbitrary. An internal error is a failure.

#![no_main]

use std::sync::LazyLock;

use passerelle_api::{Engine, EngineSettings, Limits, RequestParams, SiteUrls, Sources};
use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;
use passerelle_model::path::DocumentPath;
use passerelle_model::sync::SyncStatus;
use passerelle_model::timestamp::Timestamp;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};
use passerelle_search::{IndexLocation, Search};
use passerelle_storage::{FileChange, IngestedDocument, Storage};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// The first character of an input selects the operation.
const OPERATIONS: [&str; 5] = [
    "query($f: MeasureFilter, $o: [MeasureOrder!], $a: String, $b: String, $n: Int, $d: DateTime) {
       measures(filter: $f, orderBy: $o, after: $a, before: $b, first: $n, asOf: $d) {
         totalCount nodes { number label } facets { status { count } } } }",
    "query($f: PageFilter, $o: [PageOrder!], $a: String, $n: Int) {
       pages(filter: $f, orderBy: $o, after: $a, first: $n) { totalCount nodes { slug } } }",
    "query($q: String!, $k: [SearchKind!], $a: String, $n: Int) {
       search(query: $q, kinds: $k, after: $a, first: $n) { totalCount nodes { title } } }",
    "query($i: [ID!]!, $p: PlanBy, $s: String, $d: DateTime) {
       nodes(ids: $i) { id } plan(by: $p, slug: $s, asOf: $d) { slug } }",
    "query($f: DocumentFilter, $a: String, $n: Int, $s: Int!, $k: [ChangeKind!]) {
       documents(filter: $f, after: $a, first: $n) { nodes { path } }
       changes(since: $s, kinds: $k, first: $n, after: $a) { nodes { kind } } }",
];

struct Fuzzed {
    runtime: Runtime,
    engine: Engine,
    storage: Storage,
    _folder: tempfile::TempDir,
}

static SERVICE: LazyLock<Fuzzed> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("the runtime starts");
    let folder = tempfile::TempDir::new().expect("a folder can be created");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("fuzz.db").display());
    let (engine, storage) = runtime.block_on(async {
        let storage = Storage::open(&url).await.expect("the database opens");
        let documents = [
            ("plan.txt", "# Plan 2025\n\n## AXE 1: Eau\n\n1.\tCreuser*\tEn cours\n2.\tSemer\tPPS À faire\n"),
            ("mare.md", "---\ntags: [eau]\n---\n# La mare\n\nMesure 1.\n"),
        ];
        let mut changes =
            documents.map(|(path, text)| FileChange::DocumentIngested(Box::new(ingested(path, text))));
        storage.publish(&mut changes, Timestamp::from_millis(1)).await.expect("the documents are published");
        let (search, indexer) = Search::new(storage.clone(), IndexLocation::Memory);
        tokio::spawn(indexer.run(CancellationToken::new()));
        search.built().await;
        let (_, sync_status) = tokio::sync::watch::channel(SyncStatus::default());
        let sources = Sources { storage: storage.clone(), search, site_urls: SiteUrls::default(), sync_status };
        let settings = EngineSettings { limits: Limits::default(), ..EngineSettings::default() };
        (Engine::new(sources, settings), storage)
    });
    Fuzzed { runtime, engine, storage, _folder: folder }
});

fn ingested(path: &str, text: &str) -> IngestedDocument {
    let path = DocumentPath::parse(path).expect("the path is valid");
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    IngestedDocument {
        is_accepted: false,
        moved_from: None,
        fingerprint: Fingerprint::default(),
        checksum: Checksum::of(text.as_bytes()),
        size: text.len() as u64,
        defaults_checksum: None,
        reading: read(&path, text.as_bytes(), options).expect("the file is complete"),
        path,
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Some((operation, variables)) = text.split_at_checked(1) else { return };
    let Some(query) = operation.parse::<usize>().ok().and_then(|at| OPERATIONS.get(at)) else { return };
    let Ok(variables) = serde_json::from_str::<Value>(variables) else { return };
    let Ok(params) = serde_json::from_value::<RequestParams>(json!({"query": query, "variables": variables}))
    else {
        return;
    };
    let service = &*SERVICE;
    let operation = service.engine.find(params).and_then(|found| service.engine.operation(found));
    let Ok(operation) = operation else { return };
    let response = service.runtime.block_on(async {
        let view = service.storage.latest().await.expect("the database can be read");
        service.engine.execute(operation, view, None).await
    });
    let response = serde_json::to_string(&response).expect("the response is JSON");
    assert!(!response.contains("INTERNAL_SERVER_ERROR"), "{response}");
});
