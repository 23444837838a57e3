//! Web pages: start page, plans, measures. They are read as a browser without scripts reads them.

use std::fs;

use crate::support::skip::seeds;
use crate::support::{HttpReply, Service, TestSite, repository};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n\
    1.\tPlanter des joncs\tEn cours\n2.\tSemer des iris\tRéalisé\n3.\tPoser des bancs\tPPS À faire\n\n\
    ## AXE 2: Garder\n\n### 1. Le fond\n\n4.\tCurer la vase\tRéalisé\n";

fn ponds() -> Service {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.serve()
}

fn page(service: &Service, path: &str) -> HttpReply {
    let reply = service.get(path, &[HTML]);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    assert_eq!(reply.content_type, "text/html; charset=utf-8", "{path}");
    reply
}

/// Returns the text of a page without its elements.
fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the addresses of this service to which a page links.
fn links(html: &str) -> Vec<String> {
    let addresses = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own =
        addresses.filter(|address| address.starts_with('/')).map(|address| address.replace("&#38;", "&"));
    own.map(|address| address.split('#').next().unwrap().to_owned()).collect()
}

#[test]
fn the_start_page_says_what_is_served() {
    let service = Service::of_demo();
    let home = text(&page(&service, "/?lang=fr").body);
    for expected in [
        "Plan climat et quartiers 2025",
        "Mesures réalisées : 10 sur 40 (25 %)",
        "Klimaat- en wijkplan 2025",
        "Services de support 1",
        "Documents avec une erreur 0",
        "Dernière synchronisation",
    ] {
        assert!(home.replace('\u{a0}', " ").contains(expected), "{expected}: {home}");
    }
}

#[test]
fn clients_that_name_no_html_are_redirected_to_graphiql() {
    let service = ponds();
    for accept in ["*/*", "application/json", "application/graphql-response+json"] {
        let reply = service.get("/", &[("accept", accept)]);
        assert_eq!((reply.status, reply.header("location")), (307, "/graphiql"), "{accept}");
    }
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let service = Service::of_demo();
    let mut wanted = vec!["/?lang=fr".to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = wanted.pop() {
        if !seen.insert(path.clone()) || seen.len() > 400 {
            continue;
        }
        let reply = service.get(&path, &[HTML]);
        assert_eq!(reply.status, 200, "{path}");
        if reply.content_type.starts_with("text/html") && !path.starts_with("/graphiql") {
            wanted.extend(links(&reply.body));
        }
    }
    for expected in ["/exports/measures.csv?plan=", "/feeds/changes.atom?plan=", "/plans/", "/web-assets/"] {
        assert!(seen.iter().any(|path| path.starts_with(expected)), "{expected}");
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

#[test]
fn filters_of_the_address_select_the_measures() {
    let service = ponds();
    let shown = |query: &str| -> Vec<String> {
        let body = page(&service, &format!("/plans/plan-des-mares{query}")).body;
        let rows = body.split("<tr><td>").skip(1).filter_map(|row| row.split('<').next());
        rows.map(ToOwned::to_owned).collect()
    };
    assert_eq!(shown(""), ["1", "2", "3", "4"]);
    assert_eq!(shown("?status=COMPLETED"), ["2", "4"]);
    assert_eq!(shown("?status=COMPLETED&status=IN_PROGRESS"), ["1", "2", "4"]);
    assert_eq!(shown("?category=2"), ["4"]);
    assert_eq!(shown("?programme=PPS"), ["3"]);
    assert_eq!(shown("?text=iris"), ["2"]);
    assert_eq!(shown("?text=iris&status=IN_PROGRESS"), [""; 0]);
    assert_eq!(shown("?unknown=1"), ["1", "2", "3", "4"]);
    let filtered = page(&service, "/plans/plan-des-mares?status=COMPLETED&lang=en").body;
    let csv = links(&filtered).into_iter().find(|link| link.starts_with("/exports/measures.csv")).unwrap();
    assert_eq!(service.get(&csv, &[]).body.lines().count(), 3, "{csv}");
}

#[test]
fn a_page_is_not_modified_until_the_content_changes() {
    let service = ponds();
    let path = "/plans/plan-des-mares?lang=fr";
    let etag = page(&service, path).header("etag").to_owned();
    let conditional = || service.get(path, &[HTML, ("if-none-match", &etag)]);
    assert_eq!(conditional().status, 304);
    assert_eq!(page(&service, path).header("cache-control"), "no-cache");
    service.save("plan.txt", &PLAN.replace("joncs\tEn cours", "joncs\tRéalisé"));
    let changed = conditional();
    assert_eq!(changed.status, 200);
    assert!(text(&changed.body).contains("En cours → Réalisé"), "{}", changed.body);
    let measure = text(&page(&service, "/plans/plan-des-mares/measures/1?lang=fr").body);
    assert!(
        measure.contains("statut : En cours → Réalisé")
            || measure.contains("statut\u{a0}: En cours → Réalisé")
    );
}

#[test]
fn the_language_follows_the_parameter_then_the_browser() {
    let service = Service::of_demo();
    let heading = |path: &str, accept: &str| {
        let reply = service.get(path, &[HTML, ("accept-language", accept)]);
        (reply.header("content-language").to_owned(), text(&reply.body))
    };
    for (lang, word) in [("fr", "Avancement"), ("nl", "Voortgang"), ("de", "Fortschritt"), ("en", "Progress")]
    {
        let (found, body) = heading(&format!("/plans/plan-climat-quartiers?lang={lang}"), "it");
        assert_eq!(found, lang);
        assert!(body.contains(word), "{lang}: {body}");
        assert_eq!(heading("/", &format!("{lang}-BE, it;q=0.5")).0, lang);
    }
}

#[test]
fn a_date_shows_the_plan_as_it_was() {
    let service = ponds();
    let missing = service.get("/plans/plan-des-mares?at=2001-01-01&lang=en", &[HTML]);
    assert_eq!(missing.status, 404);
    assert!(text(&missing.body).contains("Nothing was published yet on that date."));
    assert_eq!(service.get("/plans/plan-des-mares?at=hier", &[HTML]).status, 400);
    let future = text(&page(&service, "/plans/plan-des-mares?at=2999-01-01&lang=en").body);
    assert!(future.contains("The plan as it was on 1 January 2999."), "{future}");
}

#[test]
fn unknown_addresses_are_pages_with_a_way_on() {
    let service = ponds();
    for (path, way) in [
        ("/plans/plan-des-lacs", "href=\"/?lang=fr\""),
        ("/plans/plan-des-mares/measures/99", "href=\"/plans/plan-des-mares?lang=fr#measures\""),
        ("/plans/plan-des-mares/measures/9.9", "href=\"/plans/plan-des-mares?lang=fr#measures\""),
    ] {
        let reply = service.get(&format!("{path}?lang=fr"), &[HTML]);
        assert_eq!((reply.status, reply.header("etag")), (404, ""), "{path}");
        assert!(reply.body.contains(way), "{path}: {}", reply.body);
    }
}

#[test]
fn images_below_the_folder_of_plans_are_served() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    let image = fs::read(repository().join("content/_images/littoral.png")).unwrap();
    for folder in ["plans", "plans/_images/measures"] {
        fs::create_dir_all(place.content().join(folder)).unwrap();
        fs::write(place.content().join(folder).join("carte.png"), &image).unwrap();
    }
    let service = place.serve();
    for path in ["/plans/carte.png", "/plans/_images/measures/carte.png"] {
        let (status, bytes) = service.get_bytes(path);
        assert_eq!((status, bytes.len()), (200, image.len()), "{path}");
    }
}

#[test]
fn pages_allow_no_inline_code_and_no_other_host() {
    let service = Service::of_demo();
    for path in ["/", "/plans/plan-climat-quartiers", "/plans/plan-climat-quartiers/measures/3"] {
        let reply = page(&service, path);
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert!(!reply.body.contains(" style=") && !reply.body.contains(" onclick="), "{path}");
        let scripts: Vec<&str> = reply.body.split("<script").skip(1).collect();
        let is_allowed =
            |script: &&str| script.contains(" src=\"/") || script.contains("application/ld+json");
        assert!(scripts.iter().all(is_allowed), "{scripts:?}");
    }
}

#[test]
fn a_long_plan_is_shown_in_pages_of_a_hundred() {
    let place = TestSite::new();
    let row = |number| format!("{number}.\tMesure {number}\tÀ faire\n");
    let rows = (1..=301).map(row).collect::<Vec<_>>().concat();
    place.write("plan.txt", &format!("# Plan long 2025\n\n## AXE 1: Un\n\n### 1. Deux\n\n{rows}"));
    let service = place.serve();
    let rows =
        |query: &str| page(&service, &format!("/plans/plan-long{query}")).body.matches("<tr><td>").count();
    assert_eq!([rows(""), rows("?page=4"), rows("?page=99")], [100, 1, 1]);
    assert_eq!(rows("?text=301"), 1);
}

#[test]
fn the_dashboard_of_a_real_plan_is_small() {
    let Some(seeds) = seeds() else { return };
    let place = TestSite::new();
    place.copy_documents(&seeds);
    let service = place.serve();
    let home = page(&service, "/?lang=fr").body;
    let plan = links(&home).into_iter().find(|link| link.starts_with("/plans/")).unwrap();
    let dashboard = page(&service, &plan).body;
    assert_eq!(dashboard.matches("<tr><td>").count(), 271);
    assert!(dashboard.len() < 120_000, "{} bytes", dashboard.len());
    let compressed = service.get(&plan, &[HTML, ("accept-encoding", "br")]);
    let length: usize = compressed.header("content-length").parse().unwrap();
    assert!(length < 20_000, "{length} bytes");
}
