//! Default front matter of folders, for example `trainings/trainings.yaml`, like the directory data files
//! of Eleventy.
//!
//! A field of the document overrides the same field of its folder. A field of an inner folder overrides the
//! same field of an outer folder. As in Eleventy, mappings are merged key by key and lists are
//! concatenated.

use std::sync::Arc;

use passerelle_model::checksum::Checksum;
use passerelle_model::contract::Contract;
use passerelle_model::diagnostic::{DiagnosticKind, Finding, YamlProblem};
use passerelle_model::language::Language;
use passerelle_model::path::DocumentPath;
use serde_json::{Map, Value};

use crate::contract;
use crate::diagnostics::declared_language;
use crate::front_matter;
use crate::front_matter::FrontMatter;

/// Default fields for one document. Layers are ordered from the outermost folder to the innermost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FolderDefaults {
    layers: Vec<Layer>,
    /// Contract of the innermost folder that has one, with its checksum. `None` inside if it is invalid.
    contract: Option<(Checksum, Option<Arc<Contract>>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Layer {
    checksum: Checksum,
    values: Result<Map<String, Value>, DiagnosticKind>,
}

impl FolderDefaults {
    /// Returns the name of the defaults file of a folder by its name: `trainings.yaml` for `trainings`.
    pub fn file_name(folder_name: &str) -> String {
        format!("{folder_name}.yaml")
    }

    /// Adds the defaults file of the next inner folder. `path` is the path of that file.
    ///
    /// A file that cannot be parsed is reported for each document of the folder.
    pub fn push(&mut self, path: &DocumentPath, bytes: &[u8]) {
        let values = std::str::from_utf8(bytes)
            .map_err(|_| DiagnosticKind::InvalidFolderDefaults {
                path: path.to_string(),
                line: 1,
                problem: YamlProblem::NotUtf8,
            })
            .and_then(|text| {
                let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
                front_matter::parse_mapping(text).map_err(|finding| {
                    let line = finding.position.map_or(1, |position| position.line);
                    let problem = match finding.kind {
                        DiagnosticKind::InvalidFrontMatter { problem } => problem,
                        _ => YamlProblem::TooComplex,
                    };
                    DiagnosticKind::InvalidFolderDefaults { path: path.to_string(), line, problem }
                })
            });
        self.layers.push(Layer { checksum: Checksum::of(bytes), values });
    }

    /// Sets the contract of the next inner folder. It replaces those of outer folders. An invalid contract is
    /// reported for its own file, and the documents of the folder are not checked.
    pub fn set_contract(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).ok();
        let contract = text.and_then(|text| contract::parse("", text, Language::default()).ok());
        self.contract = Some((Checksum::of(bytes), contract.map(Arc::new)));
    }

    /// Returns one checksum over all layers and the contract. `None` without any.
    pub fn checksum(&self) -> Option<Checksum> {
        let layers = self.layers.iter().map(|layer| &layer.checksum);
        let contract = self.contract.iter().map(|(checksum, _)| checksum);
        let concatenated: String = layers.chain(contract).map(ToString::to_string).collect();
        (!concatenated.is_empty()).then(|| Checksum::of(concatenated.as_bytes()))
    }

    /// Returns the language that the fields or the path of a document declare.
    pub(crate) fn language_of(&self, path: &DocumentPath) -> Option<Language> {
        let mut front = FrontMatter::default();
        // Findings about the fields are reported with the documents that are read.
        self.apply(&mut front);
        declared_language(&front, &mut Vec::new()).or(Language::from_path(path))
    }

    /// Merges the defaults into the front matter of a document. Returns one finding per defaults file that
    /// could not be parsed.
    pub(crate) fn apply(&self, front: &mut FrontMatter) -> Vec<Finding> {
        let mut merged = Map::new();
        let mut findings = Vec::new();
        for layer in &self.layers {
            match &layer.values {
                Ok(values) => merge(&mut merged, values.clone()),
                Err(kind) => findings.push(Finding::for_document(kind.clone())),
            }
        }
        if !merged.is_empty() {
            front.replace_values(|own| {
                merge(&mut merged, own);
                merged
            });
        }
        findings
    }

    /// Checks the front matter of a page against the contract of its folder. Returns one finding per field
    /// that does not fit.
    pub(crate) fn check_contract(&self, front: &FrontMatter) -> Vec<Finding> {
        match &self.contract {
            Some((_, Some(contract))) => contract::check(contract, front),
            _ => Vec::new(),
        }
    }
}

/// Merges `overlay` into `base`. Scalars of `overlay` win, mappings are merged, lists are concatenated
/// without duplicates.
fn merge(base: &mut Map<String, Value>, overlay: Map<String, Value>) {
    for (key, value) in overlay {
        match (base.get_mut(&key), value) {
            (Some(Value::Object(base)), Value::Object(overlay)) => merge(base, overlay),
            (Some(Value::Array(base)), Value::Array(overlay)) => {
                let new: Vec<Value> = overlay.into_iter().filter(|value| !base.contains(value)).collect();
                base.extend(new);
            }
            (Some(base), value) => *base = value,
            (None, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply_layers(layers: &[&str], own: &str) -> (String, Vec<&'static str>) {
        let mut defaults = FolderDefaults::default();
        for layer in layers {
            defaults.push(&DocumentPath::parse("a/a.yaml").unwrap(), layer.as_bytes());
        }
        let text = format!("---\n{own}\n---\n");
        let mut front = front_matter::split(&text).unwrap().front;
        let findings = defaults.apply(&mut front);
        (
            Value::Object(front.values().clone()).to_string(),
            findings.iter().map(|finding| finding.kind.row().code).collect(),
        )
    }

    #[test]
    fn inner_folders_override_outer_folders() {
        let outer = "lang: fr\ntags: [jardin]\nmeta: {a: 1, b: 2}\ntel: 0471";
        assert_eq!(
            apply_layers(&[outer, "lang: nl"], "tags: [mare, jardin]\nmeta: {b: 3}").0,
            r#"{"lang":"nl","tags":["jardin","mare"],"meta":{"a":1,"b":3},"tel":"0471"}"#
        );
        assert_eq!(apply_layers(&[], "lang: fr").0, r#"{"lang":"fr"}"#);
    }

    #[test]
    fn invalid_folder_defaults_are_reported() {
        assert_eq!(
            apply_layers(&["lang: \"fr"], "name: A"),
            (r#"{"name":"A"}"#.to_owned(), vec!["FOLDER_DEFAULTS_INVALID"])
        );
    }

    #[test]
    fn the_defaults_file_is_named_after_its_folder() {
        assert_eq!(FolderDefaults::file_name("trainings"), "trainings.yaml");
    }
}
