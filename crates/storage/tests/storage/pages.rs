//! Filters and orders of pages, by front matter, time, text and nested conditions.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_model::timestamp::Timestamp;
use passerelle_storage::query_index::Direction;
use passerelle_storage::{
    FrontMatterCondition, FrontMatterPath, PageFilter, PageOrder, PageQuery, PageRow, Pagination, ReadView,
    RowId, TimeRange,
};
use sea_orm::{ConnectionTrait, Statement};

use crate::support::Database;

/// Pages by file name. Their titles are the file names without ending.
const PAGES: [(&str, &str); 5] = [
    ("a.md", "name: a\ntempo: 90\ntags: [Eau, Berge]\nmeta: {ville: Liège, prix: 10}\ncreatedAt: 2024-05-01"),
    ("b.md", "name: b\ntempo: 120.5\ntags: [eau]\nmeta: {ville: Élouges}\nouvert: true"),
    ("c.md", "name: c\ntempo: lent\ntags: [berge]\npublics: [enfants, Aînés]\ncreatedAt: 2025-02-01"),
    ("d.md", "name: d\nmeta: {ville: null}\nquand: 2025-11-14"),
    (
        "e.md",
        "name: e\ntempo: -3\nmeta: {ville: arlon, prix: \"12,5\"}\nquand: 2025-03-02\nupdatedAt: 2025-07-01",
    ),
];

async fn database() -> Database {
    let mut database = Database::new().await;
    // In 2030, after the dates of all pages: a page with a later date is a draft.
    database.now = 1_900_000_000_000;
    for (path, yaml) in PAGES {
        database.publish_file(path, &format!("---\n{yaml}\nlang: fr\n---\nTexte.\n")).await;
    }
    database
        .publish_file("s.md", "---\nlang: fr\nprix: 5\n---\n# Service support mares (SSM)\n\nTexte.\n")
        .await;
    database
}

async fn names(view: &ReadView, filter: PageFilter) -> String {
    let order = vec![(PageOrder::Title, Direction::Ascending)];
    let query = PageQuery { filter: filter.clone(), order, pagination: Pagination::first(50) };
    let found = view.pages(&query).await.unwrap();
    assert_eq!(view.page_count(&filter).await.unwrap(), found.items.len() as u64);
    found.items.iter().map(|(_, page)| page.page.name.clone().unwrap_or("s".to_owned())).collect()
}

fn field(path: &str, change: impl FnOnce(&mut FrontMatterCondition)) -> PageFilter {
    let path = FrontMatterPath::parse(path).unwrap();
    let mut condition = FrontMatterCondition {
        path,
        any_of: None,
        contains: None,
        exists: None,
        at_least: None,
        at_most: None,
    };
    change(&mut condition);
    PageFilter { front_matter: vec![condition], ..PageFilter::default() }
}

#[tokio::test]
async fn front_matter_conditions_select_pages() {
    let database = database().await;
    let view = database.view().await;
    let is = |value: &str| Some(vec![value.to_owned()]);
    for (filter, expected) in [
        (field("tempo", |part| part.any_of = is("90")), "a"),
        (field("tempo", |part| part.any_of = Some(vec!["120.5".to_owned(), "lent".to_owned()])), "bc"),
        (field("tempo", |part| part.any_of = Some(Vec::new())), ""),
        (field("ouvert", |part| part.any_of = is("true")), "b"),
        (field("publics", |part| part.any_of = is("Aînés")), "c"),
        (field("publics.0", |part| part.any_of = is("enfants")), "c"),
        (field("publics", |part| part.contains = Some("AINE".to_owned())), "c"),
        (field("meta.ville", |part| part.contains = Some("elou".to_owned())), "b"),
        (field("meta.ville", |part| part.contains = Some("%".to_owned())), ""),
        (field("meta.ville", |part| part.exists = Some(true)), "abe"),
        (field("meta.ville", |part| part.exists = Some(false)), "cds"),
        (field("meta", |part| part.exists = Some(true)), "abde"),
        (field("meta", |part| part.contains = Some("liege".to_owned())), ""),
        (field("tempo", |part| part.at_least = Some("90".to_owned())), "ab"),
        (
            field("tempo", |part| {
                (part.at_least, part.at_most) = (Some("-5".to_owned()), Some("100".to_owned()));
            }),
            "ae",
        ),
        (field("quand", |part| part.at_least = Some("2025-06-01".to_owned())), "d"),
        (field("quand", |part| part.at_most = Some("2025-06-01".to_owned())), "e"),
    ] {
        assert_eq!(names(&view, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn nested_filters_combine_conditions() {
    let database = database().await;
    let view = database.view().await;
    let tag = |tag: &str| PageFilter { tag: vec![tag.to_owned()], ..PageFilter::default() };
    let not = |filter| PageFilter { not: Some(Box::new(filter)), ..PageFilter::default() };
    let slow = || field("tempo", |part| part.at_most = Some("100".to_owned()));
    for (filter, expected) in [
        (PageFilter { or: vec![tag("BERGE"), slow()], ..PageFilter::default() }, "ace"),
        (PageFilter { and: vec![tag("eau"), slow()], ..PageFilter::default() }, "a"),
        (not(tag("eau")), "cdes"),
        // A condition on a missing value is false, so its negation is true.
        (not(slow()), "bcds"),
        (not(not(slow())), "ae"),
        (PageFilter { is_support_service: Some(false), ..not(tag("eau")) }, "cde"),
    ] {
        assert_eq!(names(&view, filter.clone()).await, expected, "{filter:?}");
    }
    let at = |text: &str| Timestamp::parse(text);
    let created = |after: Option<&str>, before: Option<&str>| PageFilter {
        created: TimeRange { after: after.and_then(at), before: before.and_then(at) },
        ..PageFilter::default()
    };
    assert_eq!(names(&view, created(Some("2024-06-01"), None)).await, "c");
    assert_eq!(names(&view, created(None, Some("2025-01-01"))).await, "a");
    let after = at("2025-06-15");
    let updated = TimeRange { after, before: None };
    assert_eq!(names(&view, PageFilter { updated, ..PageFilter::default() }).await, "e");
}

/// Reads a list in ranges of two items, forwards.
async fn paged(view: &ReadView, filter: &PageFilter, order: &[(PageOrder, Direction)]) -> String {
    let (mut after, mut found) = (None, String::new());
    loop {
        let pagination = Pagination { after: after.take(), ..Pagination::first(2) };
        let query = PageQuery { filter: filter.clone(), order: order.to_vec(), pagination };
        let slice = view.pages(&query).await.unwrap();
        found.extend(slice.items.iter().map(|(_, page)| page.page.name.as_deref().unwrap_or("s")));
        if !slice.has_next {
            return found;
        }
        after = slice.items.last().map(|(cursor, _)| cursor.clone());
    }
}

#[tokio::test]
async fn pages_are_ordered_by_front_matter() {
    let database = database().await;
    let view = database.view().await;
    let order =
        |path: &str, direction| [(PageOrder::FrontMatter(FrontMatterPath::parse(path).unwrap()), direction)];
    let all = PageFilter::default();
    // Numbers, then texts. Pages without a value are last in both directions, ordered by key.
    assert_eq!(paged(&view, &all, &order("tempo", Direction::Ascending)).await, "eabcds");
    assert_eq!(paged(&view, &all, &order("tempo", Direction::Descending)).await, "baecds");
    assert_eq!(paged(&view, &all, &order("meta.ville", Direction::Ascending)).await, "ebacds");
    assert_eq!(paged(&view, &all, &order("meta.ville", Direction::Descending)).await, "abecds");
}

#[tokio::test]
async fn found_rows_filter_and_rank_pages() {
    let database = database().await;
    let view = database.view().await;
    let row = async |table: &str, slug: &str| -> RowId {
        let connection = sea_orm::Database::connect(database.place.url()).await.unwrap();
        let sql = format!("SELECT row_id FROM {table} WHERE slug = '{slug}' AND until_revision IS NULL");
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        RowId::new(connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap())
    };
    let services = PageFilter { is_support_service: Some(true), ..PageFilter::default() };
    let page_slug = view.page(&services).await.unwrap().unwrap().page.slug.to_string();
    let service = row("support_service", &page_slug).await;
    let found = [
        PageRow::Page(row("page", "e").await),
        PageRow::SupportService(service),
        PageRow::Page(row("page", "b").await),
        PageRow::Page(row("page", &page_slug).await),
    ];
    let matches = Arc::new(view.page_matches(&found).await.unwrap());
    assert_eq!(matches.rows.len(), 3, "the page and its support service are one");
    let wanted = PageFilter { text: Some("mare".to_owned()), ..PageFilter::default() };
    let filter = wanted.with_matches(&HashMap::from([("mare".to_owned(), matches)]));
    assert_eq!(paged(&view, &filter, &[(PageOrder::Relevance, Direction::Descending)]).await, "esb");
    assert_eq!(paged(&view, &filter, &[(PageOrder::Relevance, Direction::Ascending)]).await, "bse");
    assert_eq!(
        names(&view, PageFilter { not: Some(Box::new(filter)), ..PageFilter::default() }).await,
        "acd"
    );
    // Without the index, the words are looked up in the titles.
    let unresolved = PageFilter { text: Some("MARES service".to_owned()), ..PageFilter::default() };
    assert_eq!(names(&view, unresolved).await, "s");
}

#[tokio::test]
async fn tags_are_counted_without_case_and_accents() {
    let database = database().await;
    let view = database.view().await;
    let tags = async |filter: PageFilter| -> Vec<(String, u64)> {
        let counts = view.page_tags(&filter).await.unwrap().into_iter();
        counts.map(|count| (count.tag, count.count)).collect()
    };
    let count = |tag: &str, count| (tag.to_owned(), count);
    assert_eq!(tags(PageFilter::default()).await, [count("Berge", 2), count("Eau", 2)]);
    let slow = field("tempo", |part| part.at_most = Some("100".to_owned()));
    assert_eq!(tags(slow).await, [count("Berge", 1), count("Eau", 1)]);
}

#[tokio::test]
async fn support_services_are_listed_by_their_pages() {
    let database = database().await;
    let view = database.view().await;
    let filter = field("prix", |part| part.at_least = Some("1".to_owned()));
    let filter = PageFilter { is_support_service: Some(true), ..filter };
    let query = PageQuery { filter, order: Vec::new(), pagination: Pagination::first(2) };
    let found = view.services_of_pages(&query).await.unwrap();
    let acronyms: Vec<_> = found.items.iter().map(|(_, found)| found.service.acronym.as_deref()).collect();
    assert_eq!((acronyms, found.has_next), (vec![Some("SSM")], false));
}

#[tokio::test]
async fn rows_of_an_earlier_release_are_completed_when_they_are_read_again() {
    let mut database = database().await;
    let connection = sea_orm::Database::connect(database.place.url()).await.unwrap();
    connection.execute_unprepared("UPDATE page SET front_matter_folded = NULL").await.unwrap();
    connection.close().await.unwrap();
    let ville = || field("meta.ville", |part| part.contains = Some("liege".to_owned()));
    assert_eq!(names(&database.view().await, ville()).await, "");
    let (path, yaml) = PAGES[0];
    let before = database.view().await.page(&PageFilter::default()).await.unwrap().unwrap();
    database.publish_file(path, &format!("---\n{yaml}\nlang: fr\n---\nTexte.\n")).await;
    assert_eq!(names(&database.view().await, ville()).await, "a");
    let after = database.view().await.page(&PageFilter::default()).await.unwrap().unwrap();
    assert_eq!(before.updated_at, after.updated_at);
}
