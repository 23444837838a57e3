//! Tests of the service and its schema with the tools and clients of front ends. The scripts are in
//! `tests/clients`.
//!
//! `tests/clients/install.sh` installs their packages. Without them these tests are skipped, or fail if
//! `PASSERELLE_CLIENTS` is set.

use std::path::PathBuf;

use crate::support::skip::skip;
use crate::support::{Service, TestSite, binary, node, repository};

/// Returns the folder of the scripts. Returns `None` if their packages are not installed.
fn installed() -> Option<PathBuf> {
    let folder = repository().join("tests/clients");
    if folder.join("node_modules").is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("PASSERELLE_CLIENTS").is_none(), "run tests/clients/install.sh");
    skip("clients", "run tests/clients/install.sh");
    None
}

/// Runs a script. Fails if the script fails.
fn run(script: &str, service: Option<&Service>) {
    let Some(folder) = installed() else { return };
    let mut command = node();
    command.args(["--test", "--test-timeout=60000", script]).current_dir(&folder);
    if let Some(service) = service {
        command.env("PASSERELLE_URL", service.url("/graphql"));
        command.env("PASSERELLE_CONTENT", service.place.content());
    }
    command.env("PASSERELLE_BINARY", binary());
    let output = command.output().expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("# fail 0") && !said.contains("# pass 0"), "{said}");
}

/// Runs a script against a service with a copy of the demo content.
fn run_against_the_demo(script: &str) {
    if installed().is_some() {
        let place = TestSite::new();
        place.copy_documents(&repository().join("content"));
        run(script, Some(&place.serve()));
    }
}

#[test]
fn graphql_over_http_audits_pass() {
    run_against_the_demo("audits.test.js");
}

#[test]
fn graphql_ws_client_works() {
    run_against_the_demo("graphql-ws.test.js");
}

#[test]
fn graphql_sse_client_works() {
    run_against_the_demo("graphql-sse.test.js");
}

#[test]
fn apollo_client_works() {
    run_against_the_demo("apollo.test.js");
}

#[test]
fn urql_client_works() {
    run_against_the_demo("urql.test.js");
}

#[test]
fn clients_reconnect_after_a_restart() {
    run("restart.test.js", None);
}

#[test]
fn schema_and_operations_pass_the_linters() {
    run("lint.test.js", None);
}

#[test]
fn relay_compiles_the_operations() {
    run("relay.test.js", None);
}

#[test]
fn codegen_generates_types_for_the_operations() {
    run("codegen.test.js", None);
}
