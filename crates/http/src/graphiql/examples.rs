//! Example operations in GraphiQL: one tab for each file of `ops/`.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Returns the name and the text of an operation file.
macro_rules! example {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../ops/", $name, ".graphql")))
    };
}

/// Name and text of each operation, in tab order.
const EXAMPLES: [(&str, &str); 16] = [
    example!("PlanOverview"),
    example!("PlanTree"),
    example!("ProgressCurve"),
    example!("MeasureList"),
    example!("MeasureDetail"),
    example!("SiteNavigation"),
    example!("SiteRedirects"),
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

/// JSON object with example variables for the demo content, by operation name.
const VARIABLES: &str = include_str!("../../../../ops/variables.json");

/// Returns a script that sets `globalThis.examples` to the list of tabs.
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
    fn every_operation_file_has_a_tab() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let names: BTreeSet<String> = files
            .filter_map(|file| file.to_str().unwrap().strip_suffix(".graphql").map(ToOwned::to_owned))
            .collect();
        let tabs: BTreeSet<String> = EXAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(tabs, names);
    }

    #[test]
    fn tabs_with_required_variables_have_examples() {
        let variables: HashMap<String, Value> = serde_json::from_str(VARIABLES).unwrap();
        for (name, text) in EXAMPLES {
            assert!(!text.contains("!)") || variables.contains_key(name), "{name}");
        }
        assert!(script().contains("query PlanOverview"));
    }
}
