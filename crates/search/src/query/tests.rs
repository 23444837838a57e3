//! Tests of searches on small indexes. Those of expensive queries count the work and never measure time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use passerelle_model::key::{MeasureKey, PageKey, PlanKey, ServiceKey, Slug};
use passerelle_model::language::Language;
use passerelle_model::plan::Attribute;
use passerelle_model::published::PublishedService;
use passerelle_model::revision::Revision;
use passerelle_model::rich_text::RichText;
use passerelle_model::service::SupportService;
use passerelle_storage::{RowId, SearchContent, SearchEntry, SearchKind};

use crate::blocking::{BlockingPool, Cancellation};
use crate::error::SearchError;
use crate::index::checkpoint::Checkpoint;
use crate::index::location::IndexLocation;
use crate::index::writer::DocumentWriter;
use crate::query::clause::MAX_CLAUSES_PER_TERM;
use crate::query::collect::BLOCK_DOCUMENTS;
use crate::query::dictionary::MAX_DICTIONARY_READS;
use crate::query::parse::MAX_QUERY_TERMS;
use crate::query::request::{HitKey, MAX_QUERY_CHARS, MatchKind, SearchRequest, SearchResults};
use crate::query::snapshot::Snapshot;

/// Limit of the number of queries of one search: four for a number, two for all words, seven for some words.
const MAX_QUERIES: usize = 13;

fn page(row_id: i64, lang: Language, text: String) -> SearchEntry {
    let key = PageKey::new(format!("page-{row_id}"));
    let (title, name) = (format!("Page {row_id}"), None);
    let content = SearchContent::Page { key, title, name, tags: Vec::new(), headings: Vec::new(), text };
    SearchEntry { row_id: RowId::new(row_id), lang, content }
}

fn measure(row_id: i64, title: &str) -> SearchEntry {
    let (key, plan) = (MeasureKey::new(format!("plan#{row_id}")), PlanKey::new("plan"));
    let content = SearchContent::Measure {
        key,
        plan,
        number: 12,
        label: "12".to_owned(),
        title: title.to_owned(),
        programme: None,
        details: Box::default(),
    };
    SearchEntry { row_id: RowId::new(row_id), lang: Language::Fr, content }
}

/// Snapshot with one segment for each batch of documents.
fn snapshot(batches: &[Vec<SearchEntry>]) -> Snapshot {
    let mut writer = DocumentWriter::open(&IndexLocation::Memory).unwrap();
    for batch in batches {
        writer.add(batch).unwrap();
        writer.commit(Checkpoint::default()).unwrap();
    }
    let (fields, searcher) = writer.searcher().unwrap();
    Snapshot::new(fields, searcher, Revision::default()).unwrap()
}

fn search(snapshot: &Snapshot, text: &str) -> SearchResults {
    let request = SearchRequest { text: text.to_owned(), first: 20, ..SearchRequest::default() };
    snapshot.search(&request, &Cancellation::default()).unwrap()
}

/// Distinct words of two letters without stop words.
fn two_letter_words() -> Vec<String> {
    let letters = || ('b'..='z').filter(|letter| !"eiouy".contains(*letter));
    letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))).take(330).collect()
}

/// Index in four languages whose documents contain every word of the attack.
fn attacked() -> Snapshot {
    let words = two_letter_words();
    let pages = |row_id: i64| {
        let lang = Language::ALL[usize::try_from(row_id).unwrap() % Language::ALL.len()];
        page(row_id, lang, words.join(" "))
    };
    snapshot(&[(0..40).map(pages).collect()])
}

#[test]
fn a_query_of_330_joined_words_costs_no_more_than_32_terms() {
    let snapshot = attacked();
    let words = two_letter_words();
    for separator in ["-", " ", "+", "’", "·"] {
        let text = words.join(separator);
        let results = search(&snapshot, &text);
        let work = results.work;
        assert!(work.query_terms <= MAX_QUERY_TERMS, "{separator:?}: {work:?}");
        assert!(work.clauses <= MAX_QUERY_TERMS * MAX_CLAUSES_PER_TERM, "{separator:?}: {work:?}");
        assert!(work.queries <= MAX_QUERIES, "{separator:?}: {work:?}");
        assert_eq!(results.total, 40, "{separator:?}");
        assert!(results.ignored.is_some_and(|ignored| text.ends_with(&ignored)), "{separator:?}");
    }
    let long = words.join("-");
    // The point at the end shows that the last word is complete.
    let short = format!("{}.", words[..MAX_QUERY_TERMS].join("-"));
    assert_eq!(search(&snapshot, &long).work, search(&snapshot, &short).work);
}

#[test]
fn unknown_words_do_not_multiply_queries_and_dictionary_reads() {
    // 4,000 similar words: each misspelt word is near to many, and each prefix has many completions.
    let numbered = |number: usize| {
        let letters = b"abcdefghij";
        let digit = |place: u32| char::from(letters[number / 10_usize.pow(place) % 10]);
        format!("prolonge{}{}{}{}", digit(3), digit(2), digit(1), digit(0))
    };
    let text = (0..4_000).map(numbered).collect::<Vec<_>>().join(" ");
    let snapshot = snapshot(&[Language::ALL
        .iter()
        .zip(0..)
        .map(|(lang, row)| page(row, *lang, text.clone()))
        .collect()]);
    let misspelt: Vec<String> = (5_000..5_040).map(numbered).collect();
    for query in [misspelt.join(" "), misspelt.join("-"), "pro".to_owned(), "prolonge".to_owned()] {
        assert!(query.len() <= MAX_QUERY_CHARS);
        let work = search(&snapshot, &query).work;
        // Lookups of single terms are not walks. There are at most 16 for each term, language and zone.
        let lookups = work.query_terms * 16 * Language::ALL.len() * 3;
        assert!(work.dictionary_terms <= MAX_DICTIONARY_READS + lookups, "{query}: {work:?}");
        assert!(work.clauses <= 2 * MAX_QUERY_TERMS * MAX_CLAUSES_PER_TERM, "{query}: {work:?}");
        assert!(work.queries <= MAX_QUERIES, "{query}: {work:?}");
    }
}

#[test]
fn a_question_beyond_the_limit_still_finds_the_documents_of_its_first_words() {
    let target = page(1, Language::Fr, "La prime pour isoler la toiture des copropriétés".to_owned());
    let other = page(2, Language::Fr, "Le carnaval des enfants".to_owned());
    let snapshot = snapshot(&[vec![target, other]]);
    let rest = two_letter_words().join(" ");
    let results = search(&snapshot, &format!("isoler toiture copropriété prime {}", &rest[..800]));
    assert_eq!(results.total, 1);
    assert!(results.ignored.is_some());
    assert_eq!(search(&snapshot, "isoler la toiture").ignored, None);
}

#[test]
fn a_cancelled_search_stops_within_one_block() {
    let pages = |rows: std::ops::Range<i64>| -> Vec<SearchEntry> {
        rows.map(|row| page(row, Language::Fr, "dune".to_owned())).collect()
    };
    let blocks = 5;
    let rows = i64::try_from(blocks * BLOCK_DOCUMENTS).unwrap();
    let snapshot = snapshot(&[pages(0..rows)]);
    let request = SearchRequest { text: "dune".to_owned(), first: 1, ..SearchRequest::default() };
    assert_eq!(search(&snapshot, "dune").work.documents, blocks * BLOCK_DOCUMENTS);
    // The number of checks of the whole search. A cancellation at each of them must stop it.
    let checks = (0..1_000).find(|checks| snapshot.search(&request, &Cancellation::after(*checks)).is_ok());
    assert!(checks.is_some_and(|checks| checks > blocks), "{checks:?}");
    for checks in 0..checks.unwrap() {
        let result = snapshot.search(&request, &Cancellation::after(checks));
        assert!(matches!(result, Err(SearchError::Cancelled(_))), "{checks}");
    }
}

#[test]
fn a_text_that_filters_many_lists_is_searched_for_once() {
    let snapshot = snapshot(&[vec![measure(1, "Planter des arbres"), measure(2, "Creuser des mares")]]);
    let plan = PlanKey::new("plan");
    let first = snapshot.measures(&plan, "arbre", &Cancellation::default()).unwrap();
    assert_eq!(first.scores.keys().collect::<Vec<_>>(), [&RowId::new(1)]);
    // A cancelled search would return an error.
    let second = snapshot.measures(&plan, "arbre", &Cancellation::after(0)).unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert!(snapshot.measures(&plan, "mare", &Cancellation::after(0)).is_err());
}

#[tokio::test]
async fn sixty_expensive_searches_run_two_at_a_time() {
    const PERMITS: usize = 2;
    let snapshot = Arc::new(attacked());
    let pool = BlockingPool::new(PERMITS);
    let (running, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut searches = tokio::task::JoinSet::new();
    for number in 0..60 {
        let mut words = two_letter_words();
        words.rotate_left(number);
        let (snapshot, pool, text) = (Arc::clone(&snapshot), pool.clone(), words.join("-"));
        let (running, peak) = (Arc::clone(&running), Arc::clone(&peak));
        searches.spawn(async move {
            let work = move |_: &Cancellation| {
                peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let work = search(&snapshot, &text).work;
                running.fetch_sub(1, Ordering::SeqCst);
                work.clauses
            };
            pool.run(work).await
        });
    }
    let mut count = 0;
    while let Some(result) = searches.join_next().await {
        let clauses = result.unwrap().unwrap();
        assert!((1..=MAX_QUERY_TERMS * MAX_CLAUSES_PER_TERM).contains(&clauses), "{clauses}");
        count += 1;
    }
    assert_eq!(count, 60);
    assert!(peak.load(Ordering::SeqCst) <= PERMITS);
}

/// Returns the measure keys of the hits, with their kinds of match.
fn measures_found(snapshot: &Snapshot, text: &str) -> Vec<(String, MatchKind)> {
    let hits = search(snapshot, text).hits.into_iter();
    let found = hits.filter_map(|hit| match hit.key {
        HitKey::Measure(key) => Some((key.to_string(), hit.match_kind)),
        _ => None,
    });
    found.collect()
}

#[test]
fn a_measure_is_found_by_label_body_description_and_columns() {
    let mut entry = measure(1, "Planter des arbres");
    let SearchContent::Measure { label, details, .. } = &mut entry.content else { panic!("a measure") };
    *label = "Action 4.2".to_owned();
    details.responsible_parties = vec!["Service des espaces verts".to_owned()];
    details.description = Some(RichText { text: "Choisir des tilleuls".to_owned(), ..RichText::default() });
    details.attributes = vec![Attribute { name: "Secteur".to_owned(), value: "Boulevard".to_owned() }];
    let others = (2..6).map(|row| measure(row, "Creuser des mares")).collect();
    let snapshot = snapshot(&[vec![entry], others]);
    let first = |kind| vec![("plan#1".to_owned(), kind)];
    for text in ["Action 4.2", "action 4.2", "4.2", "mesure 4.2"] {
        assert_eq!(measures_found(&snapshot, text)[0], first(MatchKind::Number)[0], "{text}");
    }
    for text in ["espaces verts", "tilleul", "secteur", "boulevards", "arbre tilleul"] {
        assert_eq!(measures_found(&snapshot, text), first(MatchKind::AllWords), "{text}");
    }
    assert_eq!(measures_found(&snapshot, "boulevart"), first(MatchKind::Fuzzy));
    assert_eq!(measures_found(&snapshot, "boulevard zèbre"), first(MatchKind::SomeWords));
    // The position in the plan is not the label of this measure. It is that of the others.
    assert_eq!(measures_found(&snapshot, "12").len(), 4);
    let plan = PlanKey::new("plan");
    let by_description = snapshot.measures(&plan, "tilleuls", &Cancellation::default()).unwrap();
    assert_eq!(by_description.scores.keys().collect::<Vec<_>>(), [&RowId::new(1)]);
}

fn service(row_id: i64, page: &str, name: &str) -> SearchEntry {
    let service = SupportService {
        slug: Slug::parse(page).unwrap(),
        lang: Language::Fr,
        name: name.to_owned(),
        acronym: None,
        organisation: None,
        domain: None,
        authority: None,
        legal_basis: None,
        region: None,
        designated_year: None,
        renewed_year: None,
        summary: RichText::default(),
        definition: None,
        missions: Vec::new(),
        logo: None,
    };
    let key = ServiceKey::new(format!("service-{row_id}"));
    let content = PublishedService { key, page: PageKey::new(page), service };
    SearchEntry {
        row_id: RowId::new(row_id),
        lang: Language::Fr,
        content: SearchContent::SupportService(Box::new(content)),
    }
}

#[test]
fn a_support_service_and_its_page_are_one_hit() {
    // In two segments, and with equal row ids: they are unique within a kind only.
    let pages = vec![
        page(1, Language::Fr, "Le service des fêtes prête un barnum".to_owned()),
        page(2, Language::Fr, "Les fêtes de la rue".to_owned()),
    ];
    let snapshot = snapshot(&[pages, vec![service(1, "page-1", "Service des fêtes")]]);
    let found = |text: &str| {
        let results = search(&snapshot, text);
        let keys: Vec<HitKey> = results.hits.into_iter().map(|hit| hit.key).collect();
        assert_eq!(results.total, keys.len(), "{text}");
        (keys, results.facets)
    };
    let service = HitKey::SupportService(ServiceKey::new("service-1"), PageKey::new("page-1"));
    let one = vec![(SearchKind::SupportService, 1)];
    let both = vec![(SearchKind::Page, 1), (SearchKind::SupportService, 1)];
    let other = HitKey::Page(PageKey::new("page-2"));
    assert_eq!(found("fêtes"), (vec![service.clone(), other], both));
    // The page alone contains this word.
    assert_eq!(found("barnum"), (vec![service], one));
}
