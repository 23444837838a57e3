//! Journeys through pages in a real browser. The scripts are in `tests/browser`.
//!
//! `tests/browser/install.sh` installs Chromium and the packages. Without them these tests are skipped, or
//! fail if `PASSERELLE_BROWSER` is set.

use std::path::{Path, PathBuf};

use crate::support::skip::skip;
use crate::support::{Service, TestSite, binary, node, repository};

/// Debian's path. `PASSERELLE_CHROMIUM` names another one.
const CHROMIUM: &str = "/usr/bin/chromium";

/// Returns the folder of the scripts. Returns `None` if a browser or their packages are missing.
pub(crate) fn installed() -> Option<PathBuf> {
    let folder = repository().join("tests/browser");
    let chromium = std::env::var_os("PASSERELLE_CHROMIUM").unwrap_or_else(|| CHROMIUM.into());
    // The package that was added last: an older installation lacks it.
    if folder.join("node_modules/lighthouse").is_dir() && Path::new(&chromium).exists() {
        return Some(folder);
    }
    assert!(std::env::var_os("PASSERELLE_BROWSER").is_none(), "run tests/browser/install.sh");
    skip("browser", "run tests/browser/install.sh");
    None
}

/// Runs a script, against a service if it does not start its own. Fails if a journey of the script fails.
pub(crate) fn run(folder: &Path, script: &str, service: Option<&Service>) {
    let mut command = node();
    command.args(["--test-reporter=tap", script]).current_dir(folder);
    if let Some(service) = service {
        command.arg(service.url("")).env("PASSERELLE_CONTENT", service.place.content());
    }
    command.env("PASSERELLE_BINARY", binary());
    let output = command.output().expect("node runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("# fail 0") && !printed.contains("# pass 0"), "{printed}");
}

/// Runs a script against a service with a copy of the demo content.
fn run_against_the_demo(script: &str) {
    if let Some(folder) = installed() {
        let place = TestSite::new();
        place.copy_documents(&repository().join("content"));
        run(&folder, script, Some(&place.serve()));
    }
}

#[test]
fn web_pages_work_for_everybody() {
    run_against_the_demo("web.mjs");
}

#[test]
fn graphiql_answers_a_query() {
    run_against_the_demo("graphiql.mjs");
}
