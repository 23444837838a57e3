//! What the documents at the top of the repository say of the repository.

use std::fs;

use crate::support::repository;

#[test]
fn paths_in_the_documentation_exist() {
    let root = repository();
    for name in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(root.join(name)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let prefixes = ["crates/", "migrations/", "tests/", "content/", "docs/", "ops/"];
        let paths = quoted.filter(|word| prefixes.iter().any(|prefix| word.starts_with(prefix)));
        for path in paths.filter(|path| !path.contains([' ', '*', '<', '{'])) {
            assert!(root.join(path).exists(), "{name} names {path}");
        }
    }
}

#[test]
fn every_diagnostic_code_is_documented() {
    let documented = fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    for (file, marker) in [("crates/model/src/diagnostic.rs", "=> \""), ("crates/api/src/code.rs", "=> \"")] {
        let source = fs::read_to_string(repository().join(file)).unwrap();
        let codes = source.split(marker).skip(1).filter_map(|rest| rest.split('"').next());
        for code in codes.filter(|code| {
            code.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_' || letter == '8')
        }) {
            assert!(documented.contains(code), "docs/errors.md does not tell {code}");
        }
    }
}
