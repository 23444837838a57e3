//! A plan at two dates, or two editions of it.

use crate::support::TestSite;

const HTML: (&str, &str) = ("accept", "text/html");
const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n\
    1.\tPlanter des joncs au bord de la mare\tEn cours\n2.\tSemer des iris jaunes sur la rive\tÀ faire\n\
    3.\tPoser des bancs en bois de chêne\tÀ faire\n4.\tCurer le fond de la mare chaque hiver\tÀ faire\n\
    5.\tMesurer la clarté de l’eau au printemps\tÀ faire\n6.\tCompter les tritons avec les écoles\tÀ faire\n";

/// Returns the list of a page with an id. Empty if the page does not have it.
fn list<'p>(page: &'p str, id: &str) -> &'p str {
    let start = page.find(&format!("aria-labelledby=\"{id}\"")).unwrap_or(page.len());
    page[start..].split("</section>").next().unwrap_or_default()
}

#[test]
fn two_dates_show_the_net_effect_of_the_changes_between_them() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    let service = place.serve();
    let published = service.query("{ revision { at } }")["revision"]["at"].as_str().unwrap().to_owned();
    let late = PLAN.replace("joncs au bord de la mare\tEn cours", "joncs au bord de la mare\tEn retard");
    service.save("plan.txt", &late);
    let done =
        late.replace("\tEn retard", "\tRéalisé").replace("bancs en bois de chêne", "bancs en bois de hêtre");
    let done = done.replace(
        "6.\tCompter les tritons avec les écoles\tÀ faire\n",
        "7.\tOuvrir une cabane pour les oiseaux\tÀ faire\n",
    );
    service.save("plan.txt", &done);
    let path = format!("/plans/plan-des-mares/compare?lang=fr&from={}", published.replace(':', "%3A"));
    let page = service.get(&path, &[HTML]);
    assert_eq!(page.status, 200, "{}", page.body);
    let statuses = list(&page.body, "statuses");
    assert!(statuses.contains("1 Planter des joncs") && statuses.contains("</span>Réalisé"), "{statuses}");
    assert!(statuses.contains("En cours → ") && !statuses.contains("En retard"), "{statuses}");
    assert!(list(&page.body, "changed").contains("3 Poser des bancs en bois de hêtre"), "{}", page.body);
    assert!(list(&page.body, "added").contains("7 Ouvrir une cabane"), "{}", page.body);
    assert!(list(&page.body, "removed").contains("6 Compter les tritons"), "{}", page.body);
    assert!(page.body.contains("0 sur 6") && page.body.contains("1 sur 6"), "{}", page.body);
    let again = service.get(&path, &[HTML, ("if-none-match", page.header("etag"))]);
    assert_eq!(again.status, 304);
}

#[test]
fn dates_without_a_plan_or_without_sense_are_explained() {
    let place = TestSite::new();
    place.write("page.md", "# Une page\n");
    let service = place.serve();
    let before = service.query("{ revision { at } }")["revision"]["at"].as_str().unwrap().replace(':', "%3A");
    service.save("plan.txt", PLAN);
    let get = |query: &str| service.get(&format!("/plans/plan-des-mares/compare?lang=fr{query}"), &[HTML]);
    assert!(get(&format!("&from={before}")).body.contains("n’était pas encore publié"));
    assert!(get("").body.contains("type=\"date\" name=\"from\""));
    assert_eq!(get("&from=hier").status, 400);
    assert_eq!(get("&from=1999-01-01").status, 404);
    assert!(get("&from=2999-01-01").body.contains("Rien n’a changé"));
    assert_eq!(service.get("/plans/absent/compare", &[HTML]).status, 404);
    let plan = service.get("/plans/plan-des-mares?lang=fr", &[HTML]).body;
    assert!(plan.contains("href=\"/plans/plan-des-mares/compare?lang=fr\""), "{plan}");
}

#[test]
fn two_editions_match_the_measures_by_their_text() {
    let place = TestSite::new();
    place.write("plan-2024.txt", &PLAN.replace("2025", "2024"));
    let newer = PLAN
        .replace("rive\tÀ faire", "rive\tRéalisé")
        .replace("6.\tCompter les tritons avec les écoles", "7.\tOuvrir une cabane pour les oiseaux");
    place.write("plan-2025.txt", &newer);
    let service = place.serve();
    let form = service.get("/plans/plan-des-mares/compare?lang=fr", &[HTML]).body;
    assert!(form.contains("<option value=\"plan-des-mares-2024\">"), "{form}");
    let page = service.get("/plans/plan-des-mares/compare?lang=fr&with=plan-des-mares-2024", &[HTML]).body;
    let statuses = list(&page, "statuses");
    assert!(statuses.contains("2 Semer des iris") && statuses.contains("À faire → "), "{statuses}");
    assert!(statuses.contains("href=\"/plans/plan-des-mares/measures/2?lang=fr\""), "{statuses}");
    assert!(list(&page, "added").contains("7 Ouvrir une cabane"), "{page}");
    assert!(list(&page, "removed").contains("6 Compter les tritons"), "{page}");
}
