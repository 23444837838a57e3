//! Checks that hold for every parsed plan, whatever its bytes are.

use std::collections::{BTreeMap, BTreeSet};

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{CategoryPath, Plan};
use passerelle_model::reading::Content;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};

/// Parses bytes as the plan `plan.txt` and checks the result. Returns the number of measures.
pub(crate) fn check_plan(bytes: &[u8]) -> usize {
    let document = [b"---\nkind: plan\n---\n", bytes].concat();
    let defaults = FolderDefaults::default();
    let options = ReadOptions::with_defaults(&defaults);
    let Ok(path) = DocumentPath::parse("plan.txt") else { return 0 };
    let Ok(reading) = read(&path, &document, options) else { return 0 };
    let Some(Content::Plan(plan)) = &reading.content else {
        assert!(!reading.diagnostics.is_empty(), "a rejected plan without a diagnostic");
        return 0;
    };
    check(plan);
    plan.measures.len()
}

fn check(plan: &Plan) {
    let mut paths = BTreeSet::new();
    for category in &plan.categories {
        assert!(paths.insert(category.path.as_str()), "two categories {:?}", category.path);
        let parent = category.parent.as_ref().map(CategoryPath::as_str);
        assert!(
            parent.is_none_or(|parent| paths.contains(parent)),
            "{:?} precedes its parent",
            category.path
        );
    }
    let mut numbers = BTreeSet::new();
    let mut labels = BTreeMap::new();
    for measure in &plan.measures {
        assert!(numbers.insert(measure.number), "two measures {}", measure.number);
        assert!(paths.contains(measure.category.as_str()), "{} has no category", measure.number);
        let label = (measure.category.as_str(), measure.label.as_str());
        let other = labels.insert(label, measure.number);
        assert_eq!(other, None, "two measures {label:?}");
    }
    for measure in &plan.measures {
        let related = [measure.parent, measure.repeat_group];
        assert!(related.into_iter().flatten().all(|number| numbers.contains(&number)), "{measure:?}");
    }
}
