//! Accepting a held version at the desk.

use crate::support::{HttpReply, Service, TestSite};

const HTML: (&str, &str) = ("accept", "text/html");

fn plan(measures: u32) -> String {
    let row = |number| format!("{number}.\tPlanter {number} joncs\tEn cours\n");
    let rows: String = (1..=measures).map(row).collect();
    format!("---\nlang: fr\n---\n# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n{rows}")
}

fn service() -> Service {
    let place = TestSite::new();
    place.write("plan.txt", &plan(20));
    let mut command = place.serve_command();
    command.env("PASSERELLE_ADMIN_TOKEN", "chene");
    place.serve_by(command)
}

fn total(service: &Service) -> i64 {
    service.query("{ plan { progress { total } } }")["plan"]["progress"]["total"].as_i64().unwrap()
}

/// Returns the checksum in the form of the page of the document.
fn checksum(page: &str) -> Option<&str> {
    page.split("name=\"checksum\" value=\"").nth(1)?.split('"').next()
}

fn accept(service: &Service, (checksum, token, origin): (&str, &str, &str)) -> HttpReply {
    let form = format!("path=plan.txt&checksum={checksum}&token={token}&lang=fr");
    let kind = "application/x-www-form-urlencoded";
    service.post_to("/desk/accept", &form, &[HTML, ("content-type", kind), ("origin", origin)])
}

#[test]
fn a_held_version_is_accepted_with_the_token_of_the_operator() {
    let service = service();
    service.save("plan.txt", &plan(10));
    let page = service.get("/desk/documents/plan.txt?lang=fr", &[HTML]).body;
    assert!(page.contains("10 sur 20 (11–20)"), "{page}");
    let (held, origin) = (checksum(&page).unwrap(), service.url(""));
    assert_eq!(accept(&service, (held, "chene", "http://elsewhere.example")).status, 403);
    assert_eq!(accept(&service, (held, "hetre", &origin)).status, 403);
    let stale = accept(&service, (&"0".repeat(64), "chene", &origin));
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert!(stale.body.contains("/desk/documents/plan.txt?lang=fr"), "{}", stale.body);
    assert_eq!(total(&service), 20);
    let accepted = accept(&service, (held, "chene", &origin));
    assert_eq!((accepted.status, accepted.header("location")), (303, "/desk/documents/plan.txt?lang=fr"));
    service.wait_for_sync();
    assert_eq!(total(&service), 10);
    let page = service.get("/desk/documents/plan.txt?lang=fr", &[HTML]).body;
    assert_eq!(checksum(&page), None, "{page}");
}

#[test]
fn the_token_of_the_operator_cannot_be_guessed() {
    let service = service();
    service.save("plan.txt", &plan(10));
    let page = service.get("/desk/documents/plan.txt", &[HTML]).body;
    let (held, origin) = (checksum(&page).unwrap(), service.url(""));
    let statuses: Vec<u16> = (0..6).map(|_| accept(&service, (held, "hetre", &origin)).status).collect();
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429]);
    assert_eq!(accept(&service, (held, "chene", &origin)).status, 429);
}

#[test]
fn without_a_token_there_is_no_form() {
    let place = TestSite::new();
    place.write("plan.txt", &plan(20));
    let service = place.serve();
    service.save("plan.txt", &plan(10));
    let page = service.get("/desk/documents/plan.txt?lang=fr", &[HTML]).body;
    assert!(page.contains("10 sur 20") && checksum(&page).is_none(), "{page}");
    assert_eq!(accept(&service, ("", "", &service.url(""))).status, 403);
    assert_eq!(service.get("/desk/accept", &[HTML]).status, 405);
}
