//! What a plan would change, on the terminal.

use std::collections::HashMap;
use std::path::Path;

use passerelle_model::change::{Change, ChangeKind, NodeKey};
use passerelle_model::key::MeasureKey;
use passerelle_model::served::ServedMeasure;
use passerelle_storage::Forecast;
use passerelle_versioning::identity::PlanContent;

/// A text is cut after so many characters: it reminds.
const SHORT: usize = 80;

/// Writes what a file would change: a line that counts the changes, and one for each.
pub(super) fn write(file: &Path, forecast: &Forecast) -> String {
    let measures = Measures::of(forecast);
    let lines: Vec<(Effect, String)> =
        forecast.changes.iter().map(|change| measures.describe(change)).collect();
    let count = |effect: Effect| lines.iter().filter(|(own, _)| *own == effect).count();
    let held = forecast.loss.as_ref().map(|loss| {
        format!("; it would be held, for {} of {} measures would go", loss.numbers.len(), loss.served)
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

/// What a change does to what is served.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Added,
    Removed,
    Changed,
}

/// The measures before and after, by key.
struct Measures<'a> {
    before: HashMap<&'a MeasureKey, &'a ServedMeasure>,
    after: HashMap<&'a MeasureKey, &'a ServedMeasure>,
}

impl<'a> Measures<'a> {
    fn of(forecast: &'a Forecast) -> Self {
        let by_key =
            |content: &'a PlanContent| content.measures.iter().map(|measure| (&measure.key, measure));
        Self {
            before: forecast.before.iter().flat_map(by_key).collect(),
            after: by_key(&forecast.after).collect(),
        }
    }

    fn describe(&self, change: &Change) -> (Effect, String) {
        let field = change.field.unwrap_or_default();
        match (&change.node, change.kind) {
            (NodeKey::Measure(key), ChangeKind::MeasureAdded) => {
                (Effect::Added, format!("added    {}", called(self.after.get(key).copied())))
            }
            (NodeKey::Measure(key), ChangeKind::MeasureRemoved) => {
                (Effect::Removed, format!("removed  {}", called(self.before.get(key).copied())))
            }
            (NodeKey::Measure(key), _) => {
                let number = self.after.get(key).map_or(0, |measure| measure.number);
                (Effect::Changed, format!("changed  {number} {field}: {}", turn(change)))
            }
            (NodeKey::Plan(_), ChangeKind::PlanAdded) => (Effect::Added, "added    the plan".to_owned()),
            (node, _) => {
                let kind = node.kind().to_lowercase();
                (Effect::Changed, format!("changed  {kind} {field}: {}", turn(change)))
            }
        }
    }
}

fn called(measure: Option<&ServedMeasure>) -> String {
    let called = |measure: &ServedMeasure| {
        format!("{} {} ({})", measure.number, short(&measure.title.text), measure.status.name())
    };
    measure.map(called).unwrap_or_default()
}

fn turn(change: &Change) -> String {
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "–".to_owned(), short);
    format!("{} → {}", text(&change.before), text(&change.after))
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(SHORT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
