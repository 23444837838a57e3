//! Addresses of what moved: the page of the error leads on.

use crate::support::TestSite;

const HTML: (&str, &str) = ("accept", "text/html");
const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n\
    1.\tPlanter des joncs au bord de la mare\tEn cours\n2.\tSemer des iris jaunes sur la rive\tRéalisé\n\
    3.\tPoser des bancs en bois de chêne\tÀ faire\n4.\tCurer le fond de la mare chaque hiver\tÀ faire\n\
    5.\tMesurer la clarté de l’eau au printemps\tÀ faire\n6.\tCompter les tritons avec les écoles\tÀ faire\n";

#[test]
fn a_measure_that_has_another_number_is_linked() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    let service = place.serve();
    service.save("plan.txt", &PLAN.replace("6.\tCompter", "16.\tCompter"));
    let gone = service.get("/plans/plan-des-mares/measures/6?lang=fr", &[HTML]);
    assert_eq!(gone.status, 404);
    for expected in
        ["a un autre", "href=\"/plans/plan-des-mares/measures/16?lang=fr\"", "16 Compter les tritons"]
    {
        assert!(gone.body.contains(expected), "{expected}: {}", gone.body);
    }
    assert_eq!(service.get("/plans/plan-des-mares/measures/16", &[HTML]).status, 200);
    let never = service.get("/plans/plan-des-mares/measures/99?lang=fr", &[HTML]);
    assert!(never.status == 404 && !never.body.contains("measures/16"), "{}", never.body);
    assert!(never.body.contains("href=\"/plans/plan-des-mares?lang=fr#measures\""), "{}", never.body);
}

#[test]
fn a_measure_that_was_removed_is_named() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    let service = place.serve();
    service.save("plan.txt", &PLAN.replace("6.\tCompter les tritons avec les écoles\tÀ faire\n", ""));
    for path in ["/plans/plan-des-mares/measures/6?lang=fr", "/embed/plans/plan-des-mares/measures/6?lang=fr"]
    {
        let gone = service.get(path, &[HTML]);
        assert_eq!(gone.status, 404, "{path}");
        assert!(
            gone.body.contains("Compter les tritons avec les écoles\u{a0}», qui le portait"),
            "{}",
            gone.body
        );
    }
}

#[test]
fn a_plan_that_was_renamed_is_linked() {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    let service = place.serve();
    service.save("plan.txt", &PLAN.replace("Plan des mares", "Plan des étangs"));
    assert_eq!(service.get("/plans/plan-des-etangs", &[HTML]).status, 200);
    for path in ["/plans/plan-des-mares?lang=fr", "/plans/plan-des-mares/measures/2?lang=fr"] {
        let gone = service.get(path, &[HTML]);
        assert_eq!(gone.status, 404, "{path}");
        assert!(gone.body.contains("href=\"/plans/plan-des-etangs?lang=fr\""), "{path}: {}", gone.body);
    }
    let never = service.get("/plans/plan-des-lacs?lang=fr", &[HTML]);
    assert!(never.status == 404 && !never.body.contains("plan-des-etangs"), "{}", never.body);
}
