//! Former addresses of pages, support services and plans.

use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{Pagination, ReadView, RedirectFilter, RouteKind};

use crate::support::{Database, PLAN};

fn page(slug: &str) -> String {
    format!("---\nslug: {slug}\nlang: fr\n---\n# Une page\n")
}

/// Returns the former and the present slug of each redirect.
async fn redirects(view: &ReadView) -> Vec<(String, String)> {
    let slice = view.redirects(RedirectFilter::default(), &Pagination::first(100)).await.unwrap();
    assert_eq!(view.redirect_count(RedirectFilter::default()).await.unwrap(), slice.items.len() as u64);
    let slugs = |redirect: &passerelle_storage::Redirect| {
        (redirect.former.slug().to_string(), redirect.present.slug().to_string())
    };
    slice.items.iter().map(|(_, redirect)| slugs(redirect)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(former, present)| ((*former).to_owned(), (*present).to_owned())).collect()
}

async fn former_page(view: &ReadView, slug: &str) -> Option<String> {
    let key = view.page_with_former_slug(&Slug::parse(slug).unwrap(), None).await.unwrap()?;
    let pages = view.pages_by_key(std::slice::from_ref(&key)).await.unwrap();
    pages.get(&key).map(|page| page.document.to_string())
}

#[tokio::test]
async fn renamed_page_is_found_by_each_former_slug_until_another_page_has_it() {
    let mut database = Database::new().await;
    database.publish_file("a.md", &page("mare")).await;
    let before = database.view().await;
    database.publish_file("a.md", &page("etang")).await;
    database.publish_file("a.md", &page("lac")).await;
    let view = database.view().await;
    assert_eq!(redirects(&view).await, pairs(&[("etang", "lac"), ("mare", "lac")]));
    for slug in ["mare", "etang"] {
        assert_eq!(former_page(&view, slug).await.as_deref(), Some("a.md"), "{slug}");
        let in_dutch =
            view.page_with_former_slug(&Slug::parse(slug).unwrap(), Some(Language::Nl)).await.unwrap();
        assert_eq!(in_dutch, None);
    }
    // An earlier revision does not know the renames.
    assert_eq!((redirects(&before).await, former_page(&before, "mare").await), (Vec::new(), None));

    // Another page takes a slug and gives it back: it had the slug last.
    database.publish_file("b.md", &page("mare")).await;
    assert_eq!(redirects(&database.view().await).await, pairs(&[("etang", "lac")]));
    database.publish_file("b.md", &page("ruisseau")).await;
    let view = database.view().await;
    assert_eq!(redirects(&view).await, pairs(&[("etang", "lac"), ("mare", "ruisseau")]));
    assert_eq!(former_page(&view, "mare").await.as_deref(), Some("b.md"));

    // A page that gets its old slug back has no former address there.
    database.publish_file("a.md", &page("etang")).await;
    let view = database.view().await;
    assert_eq!(redirects(&view).await, pairs(&[("lac", "etang"), ("mare", "ruisseau")]));
}

#[tokio::test]
async fn former_addresses_outlive_the_history_but_not_their_object() {
    let mut database = Database::new().await;
    database.publish_file("a.md", &page("mare")).await;
    database.publish_file("a.md", &page("etang")).await;
    database.publish_file("b.md", &page("haie")).await;
    database.publish_file("b.md", &page("buisson")).await;
    let removed = passerelle_storage::FileChange::DocumentRemoved(crate::support::path("b.md"));
    database.publish(vec![removed]).await.unwrap();
    assert_eq!(redirects(&database.view().await).await, pairs(&[("mare", "etang")]));
    database.storage.prune(Timestamp::from_millis(database.now)).await.unwrap();
    assert_eq!(redirects(&database.view().await).await, pairs(&[("mare", "etang")]));
    let stored = crate::support::rows(&database.place.url()).await;
    assert_eq!(stored.iter().filter(|row| row.starts_with("former_address ")).count(), 1);
}

#[tokio::test]
async fn renamed_plan_is_found_by_slug_and_by_edition() {
    let mut database = Database::new().await;
    database.publish_file("plan.txt", PLAN).await;
    let key = database.plan().await.key;
    database.publish_file("plan.txt", &PLAN.replace("Plan des mares", "Plan des étangs")).await;
    let view = database.view().await;
    for name in ["plan-des-mares", "plan-des-mares-2025"] {
        assert_eq!(
            view.plans_with_former_name(name, None).await.unwrap(),
            std::slice::from_ref(&key),
            "{name}"
        );
    }
    assert!(view.plans_with_former_name("plan-des-mares-2024", None).await.unwrap().is_empty());
    let slice = view.redirects(RedirectFilter::default(), &Pagination::first(1)).await.unwrap();
    assert_eq!(slice.items[0].1.kind, RouteKind::Plan);
    assert_eq!(redirects(&view).await, pairs(&[("plan-des-mares", "plan-des-etangs")]));
}

#[tokio::test]
async fn redirects_are_read_in_ranges() {
    let mut database = Database::new().await;
    for number in 0..5 {
        database.publish_file(&format!("{number}.md"), &page(&format!("avant-{number}"))).await;
        database.publish_file(&format!("{number}.md"), &page(&format!("apres-{number}"))).await;
    }
    let view = database.view().await;
    let (mut pagination, mut found) = (Pagination::first(2), Vec::new());
    loop {
        let slice = view.redirects(RedirectFilter::default(), &pagination).await.unwrap();
        found.extend(slice.items.iter().map(|(_, redirect)| redirect.former.slug().to_string()));
        if !slice.has_next {
            break;
        }
        pagination.after = slice.items.last().map(|(cursor, _)| cursor.clone());
    }
    assert_eq!(found, (0..5).map(|number| format!("avant-{number}")).collect::<Vec<_>>());
    let in_dutch = RedirectFilter { lang: Some(Language::Nl) };
    assert_eq!(view.redirect_count(in_dutch).await.unwrap(), 0);
}
