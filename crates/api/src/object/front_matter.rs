//! Object type `FrontMatterValue`: one value of the front matter, readable as several types.

use async_graphql::{Context, Object};
use passerelle_model::asset::resolve_asset_path;
use passerelle_model::html::escape;
use passerelle_model::page::Image;
use passerelle_model::path::FolderPath;
use passerelle_model::rendition::FocalPoint;
use passerelle_model::rich_text::RichText;
use passerelle_model::timestamp::Timestamp;
use serde_json::{Map, Value};

use super::DateTime;
use super::image::ImageObject;
use crate::error::ApiError;
use crate::response_count::{count_text, counted};

/// Keys of an object that describes an image, in order of preference.
const SOURCE_KEYS: [&str; 4] = ["src", "url", "image", "source"];

/// Keys of the focal point of an image, in order of preference.
const FOCUS_KEYS: [&str; 3] = ["focalPoint", "focus", "focal"];

/// Returns the value at a path of keys and indexes that are joined with dots. A key that contains dots is
/// found too. `None` for a missing value and for null.
pub(super) fn find_value<'v>(fields: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = fields.get(path) {
        return Some(value).filter(|value| !value.is_null());
    }
    let (key, rest) = path.split_once('.')?;
    find_in(fields.get(key)?, rest)
}

fn find_in<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    match value {
        Value::Object(fields) => find_value(fields, path),
        Value::Array(items) => {
            let (index, rest) =
                path.split_once('.').map_or((path, None), |(index, rest)| (index, Some(rest)));
            let item = items.get(index.parse::<usize>().ok()?)?;
            rest.map_or(Some(item), |rest| find_in(item, rest)).filter(|value| !value.is_null())
        }
        _ => None,
    }
}

/// Reads an image: the path of a file, an address, or an object with `src` and `alt`. `folder` is the folder
/// of the page. `None` for another value and for an address with an unsafe scheme.
pub(super) fn image_of(value: &Value, folder: &FolderPath) -> Option<ImageObject> {
    let (image, fields) = read_image(value, folder)?;
    let focus =
        fields.and_then(|fields| FOCUS_KEYS.into_iter().find_map(|key| focal_point(fields.get(key)?)));
    Some(ImageObject::new(image).with_focus(focus.unwrap_or_default()))
}

/// Reads a focal point in percent from the left and from the top: `30% 20%`, `[30, 20]` or `{x: 30, y: 20}`.
fn focal_point(value: &Value) -> Option<FocalPoint> {
    let percent =
        |value: &Value| number_of(&Value::String(text_of(value).trim().trim_end_matches('%').to_owned()));
    let (x, y) = match value {
        Value::String(text) => {
            let (x, y) = text.trim().split_once([' ', '/', ';'])?;
            (percent(&Value::from(x))?, percent(&Value::from(y))?)
        }
        Value::Array(items) => match items.as_slice() {
            [x, y] => (percent(x)?, percent(y)?),
            _ => return None,
        },
        Value::Object(fields) => (percent(fields.get("x")?)?, percent(fields.get("y")?)?),
        _ => return None,
    };
    Some(FocalPoint::new(x, y))
}

/// Reads an image, with the object that contains it.
fn read_image<'v>(value: &'v Value, folder: &FolderPath) -> Option<(Image, Option<&'v Map<String, Value>>)> {
    let (src, fields) = match value {
        Value::String(src) => (src.as_str(), None),
        Value::Object(fields) => {
            let src = SOURCE_KEYS.into_iter().find_map(|key| fields.get(key));
            match src? {
                Value::String(src) => (src.as_str(), Some(fields)),
                // For example `header: {image: {src: …}}`.
                inner @ Value::Object(_) => return read_image(inner, folder),
                _ => return None,
            }
        }
        _ => return None,
    };
    let src = src.trim().replace(' ', "%20");
    let scheme = src.split_once(':').map(|(scheme, _)| scheme.to_lowercase());
    let is_safe = scheme.is_none_or(|scheme| scheme == "http" || scheme == "https" || scheme.contains('/'));
    if src.is_empty() || !is_safe {
        return None;
    }
    let text = |key| fields.and_then(|fields| fields.get(key)).and_then(Value::as_str);
    let image = Image {
        alt: text("alt").map(str::trim).filter(|alt| !alt.is_empty()).map(str::to_owned),
        file: resolve_asset_path(&src, folder),
        src,
        ..Image::default()
    };
    Some((image, fields))
}

/// Returns a text without markup as a paragraph. `None` for lists, objects and truth values.
pub(super) fn plain_text(value: &Value) -> Option<RichText> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let html = if text.is_empty() { String::new() } else { format!("<p>{}</p>", escape(&text)) };
    Some(RichText { html, markdown: text.clone(), text })
}

/// Value of the front matter of a page.
pub(crate) struct FrontMatterValue {
    value: Value,
    /// Folder of the page. Paths of images are relative to it.
    folder: FolderPath,
}

impl FrontMatterValue {
    pub(super) fn new(value: Value, folder: &FolderPath) -> Self {
        Self { value, folder: folder.clone() }
    }
}

/// Returns a single value as text. `None` for lists, objects and null.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns a value as text. A list or object inside a list is written as JSON.
fn text_of(value: &Value) -> String {
    scalar(value).unwrap_or_else(|| value.to_string())
}

/// Returns a number that is written with a decimal point or a decimal comma.
fn number_of(value: &Value) -> Option<f64> {
    let number: f64 = scalar(value)?.trim().replace(',', ".").parse().ok()?;
    number.is_finite().then_some(number)
}

/// Returns a truth value that is written in one of the languages of the content.
fn boolean_of(value: &Value) -> Option<bool> {
    match scalar(value)?.trim().to_lowercase().as_str() {
        "true" | "yes" | "oui" | "ja" | "on" => Some(true),
        "false" | "no" | "non" | "nee" | "nein" | "off" => Some(false),
        _ => None,
    }
}

/// Value of the front matter. Each field reads it as another type.
#[Object]
impl FrontMatterValue {
    /// The value as the editor wrote it. The items of a list are joined with `, `, and an object is written
    /// as JSON.
    fn text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let text = match &self.value {
            Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
            value => text_of(value),
        };
        count_text(ctx, text.len())?;
        Ok(text)
    }

    /// The value as a date, for example `2025-11-14T00:00:00.000Z` for `2025-11-14`. Null if it is not a date
    /// in ISO 8601 format.
    fn date(&self) -> Option<DateTime> {
        Timestamp::parse(&scalar(&self.value)?).map(DateTime)
    }

    /// The value as a number, for example `1.5`. A decimal comma is accepted. Null if it is not a number.
    fn number(&self) -> Option<f64> {
        number_of(&self.value)
    }

    /// The value as a truth value: `true`, `yes`, `oui`, `ja`, `on`, or `false`, `no`, `non`, `nee`, `nein`,
    /// `off`. Null if it is none of them.
    fn boolean(&self) -> Option<bool> {
        boolean_of(&self.value)
    }

    /// The items of a list as texts. A single value is a list with one item. Empty for an empty list. Null
    /// for an object.
    fn list(&self, ctx: &Context<'_>) -> Option<Vec<String>> {
        let items = match &self.value {
            Value::Array(items) => items.iter().map(text_of).collect(),
            value => vec![scalar(value)?],
        };
        let bytes = items.iter().map(String::len).sum();
        Some(if count_text(ctx, bytes).is_ok() { counted(ctx, items) } else { Vec::new() })
    }

    /// The value as an image: the path of a file, an address, or an object with `src` and `alt`. Null for any
    /// other value.
    fn image(&self) -> Option<ImageObject> {
        image_of(&self.value, &self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(path: &str) -> Option<Value> {
        let fields = json!({
            "tempo": "1,5", "meta": {"image": {"src": "_images/a b.png", "alt": " Mare "}, "vide": null},
            "a.b": 1, "etapes": [{"titre": "Creuser"}, "Planter"], "ouvert": "oui"
        });
        find_value(fields.as_object().unwrap(), path).cloned()
    }

    #[test]
    fn paths_select_nested_values_and_items() {
        assert_eq!(value("etapes.0.titre"), Some(json!("Creuser")));
        assert_eq!(value("etapes.1"), Some(json!("Planter")));
        assert_eq!(value("a.b"), Some(json!(1)));
        for path in ["", ".", "meta.vide", "etapes.2", "etapes.x", "tempo.x", "meta."] {
            assert_eq!(value(path), None, "{path}");
        }
    }

    #[test]
    fn values_are_read_as_numbers_and_truth_values() {
        assert_eq!(number_of(&value("tempo").unwrap()), Some(1.5));
        assert_eq!(number_of(&json!("inf")), None);
        assert_eq!(boolean_of(&value("ouvert").unwrap()), Some(true));
        assert_eq!(boolean_of(&json!(false)), Some(false));
        assert_eq!(boolean_of(&json!("peut-être")), None);
    }

    #[test]
    fn images_are_relative_to_the_page() {
        let meta = value("meta").unwrap();
        let (image, _) = read_image(&meta, &FolderPath::parse("pages").unwrap()).unwrap();
        assert_eq!(image.file.map(String::from).as_deref(), Some("pages/_images/a b.png"));
        assert_eq!((image.src.as_str(), image.alt.as_deref()), ("_images/a%20b.png", Some("Mare")));
        for value in [json!("javascript:a"), json!(" "), json!(3), json!({"alt": "a"}), json!({"src": 1})] {
            assert!(read_image(&value, FolderPath::CONTENT).is_none(), "{value}");
        }
        for focus in [json!("25% 100%"), json!("25 100"), json!([25, "100"]), json!({"x": 20, "y": 300})] {
            assert_eq!(focal_point(&focus), Some(FocalPoint::new(25.0, 100.0)), "{focus}");
        }
        for focus in [json!("25%"), json!([1]), json!({"x": 1}), json!("a b"), json!(3)] {
            assert_eq!(focal_point(&focus), None, "{focus}");
        }
    }
}
