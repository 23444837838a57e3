//! The shortcodes that have a meaning here, and what they can be given.

use passerelle_text::fold::{fold, nearest};

/// What a shortcode becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShortcodeRole {
    /// Nothing: it is for the site's looks, and so is what stands inside it.
    Ignored,
    /// An image.
    Image,
    /// A link.
    Link,
    /// A list of pages.
    Collection,
    /// A box.
    Callout,
    /// A part of the layout.
    Layout,
    /// Whatever it is to the site: kept with its arguments.
    Other,
}

/// Names, with what each can be given. The arguments of layout are for the site's looks: only misspellings matter.
const SHORTCODES: [(&str, ShortcodeRole, &[&str]); 24] = [
    ("image", ShortcodeRole::Image, &IMAGE_ARGUMENTS),
    ("link", ShortcodeRole::Link, &LINK_ARGUMENTS),
    ("collection", ShortcodeRole::Collection, &COLLECTION_ARGUMENTS),
    ("callout", ShortcodeRole::Callout, &CALLOUT_ARGUMENTS),
    ("box", ShortcodeRole::Callout, &CALLOUT_ARGUMENTS),
    ("encadre", ShortcodeRole::Callout, &CALLOUT_ARGUMENTS),
    ("kader", ShortcodeRole::Callout, &CALLOUT_ARGUMENTS),
    ("section", ShortcodeRole::Layout, &["type", "vars", "blocks", "advanced", "class", "tag", "id"]),
    ("sectionCollection", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("sectionFooter", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("sectionGrid", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("sectionHeader", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("sectionTwoColumns", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("grid", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("gridItem", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("twoColumns", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("twoColumnsItem", ShortcodeRole::Layout, &LAYOUT_ARGUMENTS),
    ("wrapper", ShortcodeRole::Other, &LAYOUT_ARGUMENTS),
    ("comment", ShortcodeRole::Ignored, &[]),
    ("css", ShortcodeRole::Ignored, &[]),
    ("icon", ShortcodeRole::Ignored, &[]),
    ("js", ShortcodeRole::Ignored, &[]),
    ("set", ShortcodeRole::Ignored, &[]),
    ("style", ShortcodeRole::Ignored, &[]),
];

const IMAGE_ARGUMENTS: [&str; 14] = [
    "src",
    "alt",
    "title",
    "width",
    "height",
    "class",
    "aspectRatio",
    "loading",
    "imgAttrs",
    "sizes",
    "widths",
    "formats",
    "decoding",
    "decorative",
];
const LINK_ARGUMENTS: [&str; 14] = [
    "url",
    "type",
    "anchor",
    "collection",
    "class",
    "target",
    "rel",
    "title",
    "lang",
    "hreflang",
    "download",
    "id",
    "href",
    "style",
];
const COLLECTION_ARGUMENTS: [&str; 13] = [
    "collection",
    "filters",
    "sortCriterias",
    "sortCriteria",
    "limit",
    "max",
    "type",
    "columns",
    "gap",
    "class",
    "itemPartial",
    "itemTemplate",
    "name",
];
const CALLOUT_ARGUMENTS: [&str; 5] = ["label", "title", "type", "class", "id"];
const LAYOUT_ARGUMENTS: [&str; 9] =
    ["class", "tag", "id", "type", "gap", "columns", "widthWrap", "style", "vars"];

/// Shortcodes that mean nothing without their end.
const PAIRED_SHORTCODES: [&str; 17] = [
    "box",
    "callout",
    "comment",
    "css",
    "encadre",
    "grid",
    "gridItem",
    "js",
    "link",
    "partialWrapper",
    "sectionCollection",
    "sectionGrid",
    "sectionTwoColumns",
    "style",
    "twoColumns",
    "twoColumnsItem",
    "wrapper",
];

/// Containers that are boxes: the names that site builders and documentation tools give them.
const CALLOUT_CONTAINERS: [&str; 14] = [
    "alerte",
    "attention",
    "box",
    "callout",
    "caution",
    "danger",
    "encadre",
    "important",
    "info",
    "kader",
    "note",
    "tip",
    "warning",
    "remarque",
];

/// What a shortcode of this name becomes.
pub(super) fn role(name: &str) -> ShortcodeRole {
    let known = SHORTCODES.iter().find(|(known, ..)| *known == name).map(|(_, role, _)| *role);
    known.unwrap_or_else(|| {
        let is_layout = ["section", "grid", "twoColumns"]
            .iter()
            .any(|stem| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(char::is_uppercase)));
        match fold(name).as_str() {
            "encadre" => ShortcodeRole::Callout,
            _ if is_layout => ShortcodeRole::Layout,
            _ => ShortcodeRole::Other,
        }
    })
}

/// What a container of this name becomes.
pub(super) fn container_role(name: &str) -> ShortcodeRole {
    if CALLOUT_CONTAINERS.contains(&fold(name).as_str()) {
        ShortcodeRole::Callout
    } else {
        ShortcodeRole::Other
    }
}

/// Whether a shortcode of this name is part of a sentence where it stands in one.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(name, "image" | "link" | "icon")
}

/// Whether a shortcode of this name must have an end.
pub(super) fn is_paired(name: &str) -> bool {
    PAIRED_SHORTCODES.contains(&name) || is_item(name)
}

/// Whether a shortcode of this name never stands directly in another one of its name.
pub(super) fn is_item(name: &str) -> bool {
    name.ends_with("Item")
}

/// The name that an unknown one is probably a misspelling of.
pub(super) fn suggest_name(name: &str) -> Option<&'static str> {
    if role(name) != ShortcodeRole::Other || SHORTCODES.iter().any(|(known, ..)| *known == name) {
        return None;
    }
    // Names are short: one letter more or less is a word of its own, unless it is the same one but for case.
    let close = nearest(name, SHORTCODES.iter().map(|(known, ..)| *known))?;
    let is_same = fold(close) == fold(name);
    (is_same || (close.len() > 3 && strsim::osa_distance(close, name) == 1)).then_some(close)
}

/// The argument that an unknown one is probably a misspelling of.
pub(super) fn suggest_argument(name: &str, argument: &str) -> Option<&'static str> {
    let (_, _, known) = SHORTCODES.iter().find(|(known, ..)| *known == name)?;
    let is_custom = argument.is_empty()
        || argument.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '@' | ':'))
        || argument.starts_with("data-")
        || argument.starts_with("aria-")
        || known.contains(&argument);
    if is_custom { None } else { nearest(argument, known.iter().copied()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_map_to_roles() {
        assert_eq!(role("sectionHero"), ShortcodeRole::Layout);
        assert_eq!(role("sectional"), ShortcodeRole::Other);
        assert_eq!(role("encadré"), ShortcodeRole::Callout);
        assert_eq!(container_role("Encadré"), ShortcodeRole::Callout);
    }

    #[test]
    fn only_close_names_are_suggested() {
        assert_eq!(suggest_name("imgae"), Some("image"));
        assert_eq!(suggest_name("griditem"), Some("gridItem"));
        assert_eq!(suggest_name("button"), None);
        assert_eq!(suggest_argument("link", "taget"), Some("target"));
        assert_eq!(suggest_argument("link", "data-target"), None);
        assert_eq!(suggest_argument("button", "taget"), None);
        assert_eq!(suggest_argument("image", "source"), None);
    }
}
