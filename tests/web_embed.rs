//! Pages for frames of other sites, and badges.

use crate::support::{Service, TestSite};

const HTML: (&str, &str) = ("accept", "text/html");
const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser & border\n\n### 1. Le bord\n\n\
    1.\tPlanter des joncs\tEn cours\n2.\tSemer des iris\tRéalisé\n\n## AXE 2: Puiser\n\n### 2. L’eau\n\n3.\tPoser des bancs\tÀ faire\n";

fn ponds(arguments: &[&str]) -> Service {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.serve_with(arguments)
}

/// Returns the sources of the directive that lets other sites show a page in a frame.
fn frame_ancestors(service: &Service, path: &str) -> String {
    let policy = service.get(path, &[HTML]).header("content-security-policy").to_owned();
    policy.split("frame-ancestors ").nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_plan_an_axis_and_a_measure_are_small_pages_without_scripts() {
    let service = ponds(&[]);
    for (path, expected) in [
        ("/embed/plans/plan-des-mares", ["Plan des mares", "1 sur 3 (33", "/plans/plan-des-mares?lang=fr\""]),
        (
            "/embed/plans/plan-des-mares/axes/1",
            ["Creuser &#38; border", "1 sur 2 (50", "category=1&#38;lang=fr#measures"],
        ),
        (
            "/embed/plans/plan-des-mares/measures/2",
            ["Semer des iris", "Réalisé", "/plans/plan-des-mares/measures/2?lang=fr"],
        ),
    ] {
        let page = service.get(&format!("{path}?lang=fr"), &[HTML]);
        assert_eq!(page.status, 200, "{path}");
        for text in expected {
            assert!(page.body.contains(text), "{path} {text}: {}", page.body);
        }
        assert!(page.body.len() < 4_000 && !page.body.contains("<script"), "{path}: {}", page.body);
        let again = service.get(&format!("{path}?lang=fr"), &[HTML, ("if-none-match", page.header("etag"))]);
        assert_eq!(again.status, 304, "{path}");
    }
    for path in [
        "/embed/plans/absent",
        "/embed/plans/plan-des-mares/axes/9",
        "/embed/plans/plan-des-mares/measures/9",
    ] {
        assert_eq!(service.get(path, &[HTML]).status, 404, "{path}");
    }
}

#[test]
fn only_named_sites_show_them_in_frames() {
    let embed = "/embed/plans/plan-des-mares";
    let service = ponds(&[]);
    assert_eq!(frame_ancestors(&service, embed), "'self'");
    assert_eq!(frame_ancestors(&service, "/plans/plan-des-mares"), "'none'");
    let service = ponds(&["--embed-origin", "https://www.example.org,https://b.example"]);
    assert_eq!(frame_ancestors(&service, embed), "'self' https://www.example.org https://b.example");
    let etag = service.get(embed, &[HTML]).header("etag").to_owned();
    let unchanged = service.get(embed, &[HTML, ("if-none-match", &etag)]);
    assert!(unchanged.header("content-security-policy").ends_with("https://b.example"));
    assert_eq!(frame_ancestors(&service, "/plans/plan-des-mares"), "'none'");
    assert_eq!(frame_ancestors(&service, "/"), "'none'");
}

#[test]
fn the_pages_have_the_code_to_copy() {
    let service = ponds(&["--public-url", "https://plans.example"]);
    let plan = service.get("/plans/plan-des-mares?lang=nl", &[HTML]).body;
    for code in [
        "src=&#34;https://plans.example/embed/plans/plan-des-mares?lang=nl&#34;",
        "src=&#34;https://plans.example/badges/plans/plan-des-mares.svg?lang=nl&#34;",
    ] {
        assert!(plan.contains(code), "{code}: {plan}");
    }
    let axis = service.get("/plans/plan-des-mares?lang=nl&category=1", &[HTML]).body;
    assert!(axis.contains("/embed/plans/plan-des-mares/axes/1?lang=nl"), "{axis}");
    let measure = service.get("/plans/plan-des-mares/measures/2?lang=nl", &[HTML]).body;
    assert!(measure.contains("/embed/plans/plan-des-mares/measures/2?lang=nl"), "{measure}");
}

#[test]
fn a_badge_shows_the_progress_and_changes_with_it() {
    let service = ponds(&[]);
    let path = "/badges/plans/plan-des-mares.svg?lang=fr";
    let first = service.get(path, &[]);
    assert_eq!((first.status, first.content_type.as_str()), (200, "image/svg+xml"));
    assert!(first.body.contains("Avancement") && first.body.contains(">33\u{a0}%<"), "{}", first.body);
    let etag = first.header("etag");
    assert!(!etag.is_empty());
    assert_eq!(service.get(path, &[("if-none-match", etag)]).status, 304);
    // An unknown parameter makes no second entry of the cache.
    assert_eq!(service.get(&format!("{path}&x=1"), &[]).header("etag"), etag);
    service.save("plan.txt", &PLAN.replace("En cours", "Réalisé"));
    let second = service.get(path, &[("if-none-match", etag)]);
    assert!(second.status == 200 && second.body.contains(">66\u{a0}%<"), "{}", second.body);
    assert_eq!(service.get("/badges/plans/plan-des-mares.png", &[]).status, 404);
    assert_eq!(service.get("/badges/plans/absent.svg", &[]).status, 404);
}
