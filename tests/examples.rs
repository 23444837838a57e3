//! The front ends in `examples`, and the guide in `docs/front-ends.md` that they illustrate.
//!
//! `examples/install.sh` installs their packages. Without them these tests are skipped, or fail if
//! `PASSERELLE_BROWSER` is set.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

use crate::browser::{installed, run};
use crate::support::markdown::split;
use crate::support::skip::skip;
use crate::support::{TestSite, node, repository};

/// Returns the folder of an example. Returns `None` if its packages are missing.
fn example(name: &str) -> Option<PathBuf> {
    let folder = repository().join("examples").join(name);
    if folder.join("node_modules").is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("PASSERELLE_BROWSER").is_none(), "run examples/install.sh");
    skip("examples", "run examples/install.sh");
    None
}

/// Builds an example and runs its journeys. The script starts a service of its own, because it restarts it.
fn run_journeys(name: &str) {
    if let (Some(_), Some(folder)) = (example(name), installed()) {
        run(&folder, &format!("{name}.mjs"), None);
    }
}

#[test]
fn live_plan_follows_its_documents() {
    run_journeys("live-plan");
}

#[test]
fn static_site_is_complete_and_follows_its_documents() {
    run_journeys("static-site");
}

/// Returns the only block of the guide with this info string.
fn block(info: &str) -> String {
    let page = fs::read_to_string(repository().join("docs/front-ends.md")).unwrap();
    let found: Vec<_> = split(&page).0.into_iter().filter(|fence| fence.info == info).collect();
    assert_eq!(found.len(), 1, "blocks `{info}`");
    found.into_iter().next().unwrap().text
}

/// Fails if an installed package has another version than the guide names, as in `typescript@5.9.3`.
fn assert_installed(package: &str, packages: &Path) {
    let (name, version) = package.rsplit_once('@').unwrap();
    let manifest = fs::read_to_string(packages.join(name).join("package.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["version"], version, "{name}");
}

#[test]
fn the_guide_leads_to_a_typed_query() {
    let Some(folder) = example("live-plan") else { return };
    let place = TestSite::new();
    place.copy_documents(&repository().join("content"));
    let service = place.serve();
    let packages = folder.join("node_modules");
    let work = TempDir::new().unwrap();
    // The packages of the example are linked in place of a download: the test needs no network.
    let commands = block("sh five-minutes").replace("http://127.0.0.1:8080", &service.url(""));
    let (installs, others): (Vec<_>, Vec<_>) =
        commands.lines().partition(|line| line.starts_with("npm install"));
    let named =
        installs.iter().flat_map(|line| line.split(' ').skip(2)).filter(|word| !word.starts_with('-'));
    assert!(named.inspect(|package| assert_installed(package, &packages)).count() >= 4);
    let script = others.join("\n").replacen("npm init", "ln -s \"$PACKAGES\" node_modules\nnpm init", 1);

    let own = Path::new(node().get_program()).parent().map(Path::to_path_buf);
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        own.into_iter().filter(|folder| folder.is_absolute()).chain(std::env::split_paths(&inherited));
    let path = std::env::join_paths(folders).unwrap();
    let started = Instant::now();
    let mut shell = Command::new("bash");
    shell.args(["-euc", &script]).current_dir(work.path()).env("PACKAGES", &packages).env("PATH", path);
    let output = shell.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.ends_with(&block("text five-minutes")), "{printed}");
    println!("the guide took {} ms without downloads", started.elapsed().as_millis());
}
