//! Images that are no part of the text: in the arguments of layout shortcodes, and in the front matter.

use passerelle_model::asset::is_image;
use passerelle_model::page::Image;
use serde_json::{Map, Value};

use super::arguments::{pixels, text};
use super::link::{PageContext, image_from_source};

/// Arguments of a layout whose value is an image, for example of `partialWrapper`.
const IMAGE_KEYS: [&str; 8] =
    ["image", "images", "img", "photo", "picture", "background", "backgroundImage", "logo"];
/// Fields of the front matter that contain the image of the page, the first one first.
const METADATA_FIELDS: [&[&str]; 5] =
    [&["metadata", "image"], &["image"], &["header", "image"], &["hero", "image"], &["cover"]];
/// Maximum depth of an object in the arguments. It bounds the recursion.
const MAX_DEPTH: usize = 3;

/// Returns the images in the arguments of a layout: `{% partialWrapper "header.njk", { image:
/// "/_images/a.png" } %}`.
pub(super) fn images_of_layout(args: &Map<String, Value>, context: PageContext<'_>) -> Vec<Image> {
    let mut images = Vec::new();
    collect(args, context, 0, &mut images);
    images
}

fn collect(args: &Map<String, Value>, context: PageContext<'_>, depth: usize, images: &mut Vec<Image>) {
    for (key, value) in args {
        if IMAGE_KEYS.contains(&key.as_str()) {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            images.extend(values.iter().filter_map(|value| {
                let image = image_of(value, context)?;
                let alt = image.alt.or_else(|| text(args, "alt"));
                Some(Image { alt, ..image })
            }));
        } else if let Value::Object(inner) = value
            && depth < MAX_DEPTH
        {
            collect(inner, context, depth + 1, images);
        }
    }
}

/// Returns the image of the front matter and the field that contains it. `None` if there is none.
pub(super) fn image_of_metadata(
    fields: &Map<String, Value>,
    context: PageContext<'_>,
) -> Option<(Image, &'static str)> {
    METADATA_FIELDS.into_iter().find_map(|path| {
        let (first, rest) = path.split_first()?;
        let value = rest.iter().try_fold(fields.get(*first)?, |value, name| value.get(*name))?;
        Some((image_of(value, context)?, *first))
    })
}

/// Reads an image from a text with its address, or from an object `{src, alt, title, width, height}`.
fn image_of(value: &Value, context: PageContext<'_>) -> Option<Image> {
    match value {
        Value::String(src) => {
            image_from_source(src, None, context).filter(|image| is_image_address(&image.src))
        }
        Value::Object(fields) => {
            let src = ["src", "url", "path"].into_iter().find_map(|name| text(fields, name))?;
            let image = image_from_source(&src, text(fields, "alt"), context)?;
            let (width, height) = (pixels(fields, "width"), pixels(fields, "height"));
            Some(Image { title: text(fields, "title"), width, height, ..image })
        }
        _ => None,
    }
}

/// Returns true if the last name of the address is that of an image. Other texts are names of colours or
/// classes.
fn is_image_address(src: &str) -> bool {
    let path = src.split(['?', '#']).next().unwrap_or_default();
    is_image(path.rsplit('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sources(args: &Value) -> Vec<String> {
        let args = args.as_object().unwrap();
        let images = images_of_layout(args, PageContext::for_tests());
        images.into_iter().map(|image| format!("{} {}", image.src, image.alt.unwrap_or_default())).collect()
    }

    #[test]
    fn images_of_layouts_are_found_in_nested_arguments() {
        assert_eq!(
            sources(&json!({"0": "a.njk", "1": {"image": "/_images/a.png", "class": ""}})),
            ["/_images/a.png "]
        );
        assert_eq!(
            sources(&json!({"image": {"src": "b.webp", "alt": "B"}, "background": "blue"})),
            ["b.webp B"]
        );
        assert_eq!(sources(&json!({"images": ["a.png", "b.png"], "alt": "C"})), ["a.png C", "b.png C"]);
        assert_eq!(sources(&json!({"image": "", "logo": null, "class": "a.png"})), Vec::<String>::new());
    }

    #[test]
    fn first_metadata_image_wins() {
        let image = |fields: Value| {
            let found = image_of_metadata(fields.as_object().unwrap(), PageContext::for_tests());
            found.map(|(image, field)| format!("{field} {} {:?}", image.src, image.title))
        };
        let metadata = json!({"image": {"src": "/_images/a.png", "title": "", "width": null}});
        assert_eq!(
            image(json!({"metadata": metadata, "image": "b.png"})).as_deref(),
            Some("metadata /_images/a.png None")
        );
        assert_eq!(
            image(json!({"metadata": {"image": null}, "cover": "b.png"})).as_deref(),
            Some("cover b.png None")
        );
        assert_eq!(image(json!({"metadata": "a", "image": "b"})), None);
    }
}
