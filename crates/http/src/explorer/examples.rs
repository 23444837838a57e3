//! The operations of `ops/`, which GraphiQL opens with: one tab each.

use std::collections::HashMap;

use serde_json::{Value, json};

/// An operation of the folder, by its name.
macro_rules! example {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../ops/", $name, ".graphql")))
    };
}

/// Names and texts, in the order of the tabs.
const EXAMPLES: [(&str, &str); 15] = [
    example!("PlanOverview"),
    example!("PlanTree"),
    example!("ProgressCurve"),
    example!("MeasureList"),
    example!("MeasureDetail"),
    example!("SiteNavigation"),
    example!("PageList"),
    example!("PageBySlug"),
    example!("ContentSearch"),
    example!("SupportServiceDetail"),
    example!("NodesById"),
    example!("ChangesSince"),
    example!("StatusChanges"),
    example!("DocumentDiagnostics"),
    example!("SyncState"),
];

/// The variables that give an answer on the demo, by operation.
const VARIABLES: &str = include_str!("../../../../ops/variables.json");

/// A script that tells the page of the tabs.
pub(super) fn script() -> String {
    let mut variables: HashMap<String, Value> = serde_json::from_str(VARIABLES).unwrap_or_default();
    let tab = |&(name, query): &(&str, &str)| {
        let variables = variables.remove(name).map(|variables| format!("{variables:#}"));
        json!({ "query": query, "variables": variables })
    };
    let tabs: Vec<Value> = EXAMPLES.iter().map(tab).collect();
    format!("globalThis.examples = {};\n", Value::Array(tabs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_file_of_the_folder_is_a_tab() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let names: BTreeSet<String> = files
            .filter_map(|file| file.to_str().unwrap().strip_suffix(".graphql").map(ToOwned::to_owned))
            .collect();
        let known: BTreeSet<String> = EXAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(known, names);
    }

    #[test]
    fn every_tab_that_needs_variables_has_some() {
        let variables: HashMap<String, Value> = serde_json::from_str(VARIABLES).unwrap();
        for (name, text) in EXAMPLES {
            assert!(!text.contains("!)") || variables.contains_key(name), "{name}");
        }
        assert!(script().contains("query PlanOverview"));
    }
}
