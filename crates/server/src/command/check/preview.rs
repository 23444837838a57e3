//! Prints the changes of a plan on the terminal.

use std::collections::HashMap;
use std::path::Path;

use passerelle_model::change::{Change, ChangeKind, ChangedField, NodeKey};
use passerelle_model::key::MeasureKey;
use passerelle_model::published::PublishedMeasure;
use passerelle_storage::PublishPreview;
use passerelle_versioning::identity::PlanContent;

/// Longer titles are cut. The editor knows the text, so its beginning is enough.
const MAX_TITLE_CHARS: usize = 80;

/// Formats the changes of a file: a line with the counts, then one line per change.
pub(super) fn render(file: &Path, preview: &PublishPreview) -> String {
    let measures = Measures::of(preview);
    let lines: Vec<(Effect, String)> =
        preview.changes.iter().map(|change| measures.describe(change)).collect();
    let count = |effect: Effect| lines.iter().filter(|(own, _)| *own == effect).count();
    let held = preview.loss.as_ref().map(|loss| {
        format!(
            "; it would be held for confirmation: {} of {} measures would be removed",
            loss.numbers.len(),
            loss.total
        )
    });
    let mut out = format!(
        "{}: {} added, {} removed, {} changed{}\n",
        file.display(),
        count(Effect::Added),
        count(Effect::Removed),
        count(Effect::Changed),
        held.unwrap_or_default()
    );
    for (_, line) in &lines {
        out.extend(["  ", line, "\n"]);
    }
    out
}

/// Effect of a change on the published content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Added,
    Removed,
    Changed,
}

/// Measures before and after, by key.
struct Measures<'a> {
    before: HashMap<&'a MeasureKey, &'a PublishedMeasure>,
    after: HashMap<&'a MeasureKey, &'a PublishedMeasure>,
}

impl<'a> Measures<'a> {
    fn of(preview: &'a PublishPreview) -> Self {
        let by_key =
            |content: &'a PlanContent| content.measures.iter().map(|measure| (&measure.key, measure));
        Self {
            before: preview.before.iter().flat_map(by_key).collect(),
            after: by_key(&preview.after).collect(),
        }
    }

    fn describe(&self, change: &Change) -> (Effect, String) {
        let field = change.field.map_or("", ChangedField::name);
        match (&change.node, change.kind) {
            (NodeKey::Measure(key), ChangeKind::MeasureAdded) => {
                (Effect::Added, format!("added    {}", describe_measure(self.after.get(key).copied())))
            }
            (NodeKey::Measure(key), ChangeKind::MeasureRemoved) => {
                (Effect::Removed, format!("removed  {}", describe_measure(self.before.get(key).copied())))
            }
            (NodeKey::Measure(key), _) => {
                let number = self.after.get(key).map_or(0, |measure| measure.number);
                (Effect::Changed, format!("changed  {number} {field}: {}", describe_values(change)))
            }
            (NodeKey::Plan(_), ChangeKind::PlanAdded) => (Effect::Added, "added    the plan".to_owned()),
            (node, _) => {
                let kind = node.kind().to_lowercase();
                (Effect::Changed, format!("changed  {kind} {field}: {}", describe_values(change)))
            }
        }
    }
}

fn describe_measure(measure: Option<&PublishedMeasure>) -> String {
    let describe_measure = |measure: &PublishedMeasure| {
        format!("{} {} ({})", measure.number, truncate(&measure.title.text), measure.status.name())
    };
    measure.map(describe_measure).unwrap_or_default()
}

fn describe_values(change: &Change) -> String {
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "–".to_owned(), truncate);
    format!("{} → {}", text(&change.before), text(&change.after))
}

fn truncate(text: &str) -> String {
    let mut truncate: String = text.chars().take(MAX_TITLE_CHARS).collect();
    if truncate.len() < text.len() {
        truncate.push('…');
    }
    truncate
}
