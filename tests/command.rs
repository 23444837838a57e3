//! Commands that exit: `sync`, `check`, `migrate` and the help.

use std::process::Command;

use crate::support::{TestSite, binary};

fn run(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn sync_publishes_once_and_prints_a_report() {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    place.write("plan.txt", "---\nkind: plan\n---\n## AXE 1: A\n");
    let (code, report) = run(&mut place.command("sync"));
    assert_eq!(code, Some(0));
    assert!(report.contains("published  1\n  page.md\n"), "{report}");
    assert!(report.contains("rejected   1\n  plan.txt: Ce plan ne contient aucune mesure.\n"), "{report}");
    assert!(report.ends_with("revision   1 (2 changes)\n"), "{report}");
    assert!(run(&mut place.command("sync")).1.ends_with("revision   unchanged\n"));
}

#[test]
fn sync_of_an_empty_folder_requires_accept_removals() {
    let place = TestSite::new();
    place.write("page.md", "# Page\n");
    assert_eq!(run(&mut place.command("sync")).0, Some(0));
    std::fs::remove_file(place.content().join("page.md")).unwrap();
    assert_eq!(run(&mut place.command("sync")).0, Some(1));
    let (code, report) = run(place.command("sync").arg("--accept-removals"));
    assert_eq!(code, Some(0));
    assert!(report.contains("removed    1\n  page.md\n"), "{report}");
}

#[test]
fn check_of_a_folder_reports_broken_links_between_documents() {
    let place = TestSite::new();
    place.write("nl/a.md", "# A\n\n{% link url=\"b\", type=\"internal\" %}{% endlink %}\n");
    let (code, told) = run(Command::new(binary()).arg("check").arg(place.content()));
    assert_eq!(code, Some(0));
    assert!(
        told.contains("warning[LINK_BROKEN]: De link leidt naar ‘b’, maar die pagina bestaat niet"),
        "{told}"
    );
    assert!(told.contains("nl/a.md:3:1"), "{told}");
    place.write("nl/b.md", "# B\n");
    let (_, told) = run(Command::new(binary()).arg("check").arg(place.content()));
    assert_eq!(told, "2 files: 0 errors, 0 warnings, 0 notices\n");
}

#[test]
fn check_prints_position_and_message_and_exits_one_on_errors() {
    let place = TestSite::new();
    place.write("good.md", "# Page\n\nTexte.\n");
    let mut check = Command::new(binary());
    let (code, told) = run(check.arg("check").arg(place.content()));
    assert_eq!((code, told.as_str()), (Some(0), "1 file: 0 errors, 0 warnings, 0 notices\n"));

    place.write("plan.txt", "## AXE 1: A\n1.\tSemer\tEn cours\n1.\tPlanter\tEn corus\n");
    let mut check = Command::new(binary());
    let (code, told) = run(check.arg("check").arg(place.content().join("plan.txt")));
    assert_eq!(code, Some(1));
    for part in [
        "error[MEASURE_NUMBER_TWICE]: Deux mesures portent le numéro 1. La première est à la ligne 2.",
        "plan.txt:3:1",
        "3 | 1. ",
        "help: Donnez un autre numéro à l’une des deux.",
        "1 file: 1 error, 0 warnings, 0 notices",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[test]
fn migrate_is_idempotent() {
    let place = TestSite::new();
    assert_eq!(run(&mut place.command("migrate")).0, Some(0));
    assert_eq!(run(&mut place.command("migrate")).0, Some(0));
}

#[test]
fn invalid_command_line_exits_two() {
    let (code, _) = run(Command::new(binary()).args(["serve", "--listen", "nowhere"]));
    assert_eq!(code, Some(2));
}

#[test]
fn help_lists_every_command_and_setting() {
    let (code, help) = run(Command::new(binary()).arg("--help"));
    assert_eq!(code, Some(0));
    for word in [
        "serve",
        "sync",
        "check",
        "migrate",
        "copy",
        "backup",
        "health",
        "schema",
        "--content",
        "--database-url",
        "--listen",
    ] {
        assert!(help.contains(word), "{word}");
    }
    for variable in ["CONTENT", "DATABASE_URL", "LISTEN", "LOG", "LOG_FORMAT"] {
        assert!(help.contains(&format!("PASSERELLE_{variable}")), "{variable}");
    }
}
