//! The front matter that folders give their documents: `trainings/trainings.yaml`, as Eleventy's directory data.
//!
//! What a document says itself goes before what its folder says, and that before what the folders above say. Mappings
//! are merged key by key and lists are joined, as Eleventy merges data; anything else is replaced.

use passerelle_model::checksum::Checksum;
use passerelle_model::diagnostic::{Fault, Finding};
use serde_json::{Map, Value};

use crate::front_matter;
use crate::front_matter::FrontMatter;

/// What the folders of a document give it, the outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderDefaults {
    layers: Vec<Layer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Layer {
    bytes: Checksum,
    values: Result<Map<String, Value>, Fault>,
}

impl FolderDefaults {
    /// The name of the file that holds what a folder gives; none for a folder that has no name.
    pub fn file_name(folder: &str) -> Option<String> {
        folder.rsplit('/').next().filter(|name| !name.is_empty()).map(|name| format!("{name}.yaml"))
    }

    /// Adds what a folder further in gives. `path` is that of its file.
    pub fn push(&mut self, path: &str, bytes: &[u8]) {
        let values = std::str::from_utf8(bytes)
            .map_err(|_| Fault::FolderDefaultsInvalid {
                path: path.to_owned(),
                line: 1,
                detail: "UTF-8".to_owned(),
            })
            .and_then(|text| {
                let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
                front_matter::mapping(text).map_err(|finding| {
                    let line = finding.position.map_or(1, |position| position.line);
                    let detail = match finding.fault {
                        Fault::FrontMatterInvalid { detail } => detail,
                        fault => fault.code().to_owned(),
                    };
                    Fault::FolderDefaultsInvalid { path: path.to_owned(), line, detail }
                })
            });
        self.layers.push(Layer { bytes: Checksum::of(bytes), values });
    }

    /// The identity of all that is given; none where nothing is.
    pub fn checksum(&self) -> Option<Checksum> {
        let all: String = self.layers.iter().map(|layer| layer.bytes.to_string()).collect();
        (!all.is_empty()).then(|| Checksum::of(all.as_bytes()))
    }

    /// Adds what is given to what a document says itself. What cannot be read is told, once a file.
    pub(crate) fn apply(&self, front: &mut FrontMatter) -> Vec<Finding> {
        let mut given = Map::new();
        let mut findings = Vec::new();
        for layer in &self.layers {
            match &layer.values {
                Ok(values) => merge(&mut given, values.clone()),
                Err(fault) => findings.push(Finding::whole(fault.clone())),
            }
        }
        if !given.is_empty() {
            front.below(|own| {
                merge(&mut given, own);
                given
            });
        }
        findings
    }
}

/// Puts values over others.
fn merge(under: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Object(under)), Value::Object(over)) => merge(under, over),
            (Some(Value::Array(under)), Value::Array(over)) => {
                let new: Vec<Value> = over.into_iter().filter(|value| !under.contains(value)).collect();
                under.extend(new);
            }
            (Some(under), value) => *under = value,
            (None, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(layers: &[&str], own: &str) -> (String, Vec<&'static str>) {
        let mut defaults = FolderDefaults::default();
        for layer in layers {
            defaults.push("a/a.yaml", layer.as_bytes());
        }
        let text = format!("---\n{own}\n---\n");
        let mut front = front_matter::split(&text).unwrap().front;
        let findings = defaults.apply(&mut front);
        (
            Value::Object(front.values().clone()).to_string(),
            findings.iter().map(|finding| finding.fault.code()).collect(),
        )
    }

    #[test]
    fn what_is_nearer_goes_before_what_is_further_away() {
        let outer = "lang: fr\ntags: [jardin]\nmeta: {a: 1, b: 2}\ntel: 0471";
        assert_eq!(
            with(&[outer, "lang: nl"], "tags: [mare, jardin]\nmeta: {b: 3}").0,
            r#"{"lang":"nl","tags":["jardin","mare"],"meta":{"a":1,"b":3},"tel":"0471"}"#
        );
        assert_eq!(with(&[], "lang: fr").0, r#"{"lang":"fr"}"#);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert_eq!(
            with(&["lang: \"fr"], "name: A"),
            (r#"{"name":"A"}"#.to_owned(), vec!["FOLDER_DEFAULTS_INVALID"])
        );
    }

    #[test]
    fn a_folder_gives_by_a_file_of_its_name() {
        assert_eq!(FolderDefaults::file_name("a/trainings").as_deref(), Some("trainings.yaml"));
        assert_eq!(FolderDefaults::file_name(""), None);
    }
}
