//! Demo content: it has no diagnostics and shows every kind of document.

use serde_json::json;

use crate::support::{TestSite, repository};

#[test]
fn demo_content_has_no_diagnostics() {
    let output = std::process::Command::new(crate::support::binary())
        .arg("check")
        .arg(repository().join("content"))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.ends_with("12 files: 0 errors, 0 warnings, 0 notices\n"), "{told}");
}

#[test]
fn demo_content_has_a_plan_in_two_languages_pages_and_a_service() {
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let data = service.query(
        "{ plan { lang title progress { total completed } translations { lang title progress { total completed } } }
           pages { totalCount }
           supportServices { nodes { name acronym organisation domain missions { title } } }
           navigation(lang: FR) { title children { title } } }",
    );
    let progress = json!({ "total": 40, "completed": 10 });
    assert_eq!((&data["plan"]["lang"], &data["plan"]["progress"]), (&json!("FR"), &progress));
    let translation = &data["plan"]["translations"][0];
    assert_eq!((&translation["lang"], &translation["progress"]), (&json!("NL"), &progress));
    assert_eq!(data["pages"]["totalCount"], 9);
    let found = &data["supportServices"]["nodes"][0];
    assert_eq!((&found["acronym"], &found["missions"].as_array().unwrap().len()), (&json!("SAQ"), &3));
    let nested =
        data["navigation"].as_array().unwrap().iter().filter(|item| item["children"] != json!([])).count();
    assert_eq!(nested, 1);
}
