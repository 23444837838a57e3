//! The desk of the editors: documents, problems, trying a file, and who may see it.

use crate::support::{HttpReply, Service, TestSite, run_until_exit};

const HTML: (&str, &str) = ("accept", "text/html");
const PLAN: &str = "# Plan des mares 2025\n\n## AXE 1: Creuser\n\n### 1. Le bord\n\n\
    1.\tPlanter des joncs\tEn cours\n2.\tSemer des iris\tRéalisé\n3.\tPoser des bancs\tÀ faire\n";

fn ponds() -> TestSite {
    let place = TestSite::new();
    place.write("plan.txt", PLAN);
    place.write("page.md", "---\nlang: fr\n---\n# Une page\n\n[perdu](absent.md)\n");
    place
}

/// Sends a form as a page of the service does.
fn post_form(service: &Service, path: &str, origin: &str, (kind, body): (&str, &str)) -> HttpReply {
    service.post_to(path, body, &[HTML, ("content-type", kind), ("origin", origin)])
}

fn log_in(service: &Service, token: &str) -> HttpReply {
    let form = format!("token={token}&next=%2Fdesk%3Flang%3Dfr");
    post_form(service, "/desk/login", &service.url(""), ("application/x-www-form-urlencoded", &form))
}

/// Uploads a file to be tried.
fn try_file(service: &Service, name: &str, text: &str) -> HttpReply {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b--\r\n"
    );
    post_form(service, "/desk/try?lang=fr", &service.url(""), ("multipart/form-data; boundary=b", &body))
}

#[test]
fn the_desk_lists_documents_with_their_state_and_what_a_save_changed() {
    let service = ponds().serve();
    service.save("plan.txt", &PLAN.replace("joncs\tEn cours", "joncs\tRéalisé"));
    let desk = service.get("/desk?lang=fr", &[HTML]);
    assert_eq!((desk.status, desk.header("cache-control")), (200, "no-store"));
    for expected in ["plan.txt", "Publié", "Avertissement", "1 changement de statut", "En cours → Réalisé"]
    {
        assert!(desk.body.contains(expected), "{expected}: {}", desk.body);
    }
    let filtered = service.get("/desk?lang=fr&state=problems", &[HTML]).body;
    assert!(filtered.contains("/desk/documents/page.md") && !filtered.contains("/desk/documents/plan.txt"));
    let named = service.get("/desk?lang=fr&text=PLAN", &[HTML]).body;
    assert!(named.contains("/desk/documents/plan.txt") && !named.contains("/desk/documents/page.md"));
}

#[test]
fn a_document_shows_the_line_as_written_with_the_suggestion() {
    let service = ponds().serve();
    service.save("plan.txt", &PLAN.replace("3.\tPoser", "2.\tPoser"));
    let page = service.get("/desk/documents/plan.txt?lang=fr", &[HTML]).body;
    for expected in ["Refusé", "<mark>2.\tPoser des bancs", "Correction", "Deux mesures portent le numéro 2"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert_eq!(service.get("/desk/documents/absent.md", &[HTML]).status, 404);
}

#[test]
fn a_tried_file_is_read_and_never_stored() {
    let service = ponds().serve();
    let before = service.query("{ revision { number } documents(first: 9) { nodes { path } } }");
    let changed = try_file(&service, "plan.txt", &PLAN.replace("joncs\tEn cours", "joncs\tRéalisé"));
    assert_eq!(changed.status, 200, "{}", changed.body);
    for expected in ["Ce fichier serait publié.", "1 changement de statut", "En cours → Réalisé"] {
        assert!(changed.body.contains(expected), "{expected}: {}", changed.body);
    }
    let rejected = try_file(&service, "plan.txt", &PLAN.replace("3.\tPoser", "2.\tPoser")).body;
    assert!(
        rejected.contains("Ce fichier serait refusé.") && rejected.contains("<mark>2.\tPoser"),
        "{rejected}"
    );
    let held = try_file(
        &service,
        "plan.txt",
        "# Plan des mares 2025\n\n## AXE 1: A\n\n### 1. B\n\n1.\tPlanter des joncs\tEn cours\n",
    );
    for expected in ["2 mesures sur 3 disparaîtraient", "Semer des iris</li>", "Poser des bancs</li>"] {
        assert!(held.body.contains(expected), "{expected}: {}", held.body);
    }
    let page = try_file(&service, "neuf.md", "# Neuf\n\nDu **gras** <script>alert(1)</script>\n").body;
    assert!(page.contains("<strong>gras</strong>") && !page.contains("<script>alert"), "{page}");
    assert_eq!(service.query("{ revision { number } documents(first: 9) { nodes { path } } }"), before);
}

#[test]
fn a_tried_plan_lists_the_first_20_measures_that_would_disappear() {
    let place = TestSite::new();
    let row = |number: u32| format!("{number}.\tCreuser la mare {number}\tEn cours\n");
    let rows = (1..=50).map(row).collect::<Vec<_>>().concat();
    place.write("plan.txt", &format!("# Plan des mares 2025\n\n## AXE 1: A\n\n### 1. B\n\n{rows}"));
    let service = place.serve();
    let short = "# Plan des mares 2025\n\n## AXE 1: A\n\n### 1. B\n\n1.\tCreuser la mare 1\tEn cours\n";
    let page = try_file(&service, "plan.txt", short).body;
    let (_, lost) = page.split_once("Mesures qui disparaîtraient").unwrap();
    let (lost, _) = lost.split_once("</ul>").unwrap();
    assert_eq!(lost.matches("<li").count(), 21, "{lost}");
    assert!(lost.contains("mare 21</li>") && lost.contains("et encore 29"), "{lost}");
}

#[test]
fn the_desk_says_what_a_held_plan_would_remove_and_how_to_confirm() {
    let service = ponds().serve();
    let (kept, _) = PLAN.split_once("2.\t").unwrap();
    service.save("plan.txt", kept);
    let desk = service.get("/desk?lang=fr", &[HTML]).body;
    for expected in ["2 sur 3 (2–3)", "plan.txt.accept"] {
        assert!(desk.contains(expected), "{expected}: {desk}");
    }
}

#[test]
fn uploads_are_bounded_and_from_this_service_only() {
    let service = ponds().serve();
    assert_eq!(try_file(&service, "a.txt", &"a".repeat(6 * 1024 * 1024)).status, 413);
    let form = ("multipart/form-data; boundary=b", "--b--\r\n");
    assert_eq!(post_form(&service, "/desk/try", &service.url(""), form).status, 400);
    for origin in ["http://elsewhere.example", "null"] {
        assert_eq!(post_form(&service, "/desk/try", origin, form).status, 403, "{origin}");
    }
    assert_eq!(service.post_to("/desk/try", "", &[HTML]).status, 403);
}

#[test]
fn the_token_opens_the_desk_with_a_cookie() {
    let service = ponds().serve_with_desk_token("tilleul");
    for path in ["/desk", "/desk/documents/plan.txt", "/desk/try"] {
        let closed = service.get(path, &[HTML]);
        assert_eq!(closed.status, 401, "{path}");
        assert!(!closed.body.contains("joncs") && closed.body.contains("type=\"password\""), "{path}");
    }
    let open = log_in(&service, "tilleul");
    assert_eq!((open.status, open.header("location")), (303, "/desk?lang=fr"));
    let cookie = open.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/;"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("tilleul") && !cookie.contains("Secure"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(service.get("/desk", &[HTML, ("cookie", pair)]).status, 200);
    assert_eq!(service.get("/desk", &[HTML, ("cookie", "passerelle_desk=tilleul")]).status, 401);
}

#[test]
fn only_five_attempts_a_minute_are_checked() {
    let service = ponds().serve_with_desk_token("tilleul");
    let elsewhere = ("application/x-www-form-urlencoded", "token=tilleul");
    assert_eq!(post_form(&service, "/desk/login", "http://elsewhere.example", elsewhere).status, 403);
    let attempts: Vec<u16> = (0..6).map(|_| log_in(&service, "hetre").status).collect();
    assert_eq!(attempts, [403, 403, 403, 403, 403, 429]);
    let locked_out = log_in(&service, "tilleul");
    assert_eq!((locked_out.status, locked_out.header("set-cookie")), (429, ""));
}

#[test]
fn a_login_leads_only_to_the_desk() {
    let service = ponds().serve_with_desk_token("tilleul");
    let form = "token=tilleul&next=https%3A%2F%2Felsewhere.example%2Fdesk";
    let kind = "application/x-www-form-urlencoded";
    let reply = post_form(&service, "/desk/login", &service.url(""), (kind, form));
    assert_eq!((reply.status, reply.header("location")), (303, "/desk"));
}

#[test]
fn a_desk_that_is_off_has_no_pages() {
    let service = ponds().serve_with(&["--desk", "off"]);
    for path in ["/desk", "/desk/documents/plan.txt", "/desk/try"] {
        assert_eq!(service.get(path, &[HTML]).status, 404, "{path}");
    }
    assert!(!service.get("/", &[HTML]).body.contains("href=\"/desk\""));
}

#[test]
fn the_token_mode_needs_a_token() {
    let place = ponds();
    let mut command = place.serve_command();
    command.args(["--desk", "token"]);
    let (status, log) = run_until_exit(command);
    assert!(!status.success());
    assert!(format!("{log:?}").contains("PASSERELLE_DESK_TOKEN"), "{log:?}");
}
