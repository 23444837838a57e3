//! The shortcodes that have a meaning here, and what they can be given.

use passerelle_text::fold::{fold, nearest};

/// What a shortcode becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing: it is for the site's looks, and so is what stands inside it.
    Silent,
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
const KNOWN: [(&str, Role, &[&str]); 24] = [
    ("image", Role::Image, &IMAGE),
    ("link", Role::Link, &LINK),
    ("collection", Role::Collection, &COLLECTION),
    ("callout", Role::Callout, &BOX),
    ("box", Role::Callout, &BOX),
    ("encadre", Role::Callout, &BOX),
    ("kader", Role::Callout, &BOX),
    ("section", Role::Layout, &["type", "vars", "blocks", "advanced", "class", "tag", "id"]),
    ("sectionCollection", Role::Layout, &LAYOUT),
    ("sectionFooter", Role::Layout, &LAYOUT),
    ("sectionGrid", Role::Layout, &LAYOUT),
    ("sectionHeader", Role::Layout, &LAYOUT),
    ("sectionTwoColumns", Role::Layout, &LAYOUT),
    ("grid", Role::Layout, &LAYOUT),
    ("gridItem", Role::Layout, &LAYOUT),
    ("twoColumns", Role::Layout, &LAYOUT),
    ("twoColumnsItem", Role::Layout, &LAYOUT),
    ("wrapper", Role::Other, &LAYOUT),
    ("comment", Role::Silent, &[]),
    ("css", Role::Silent, &[]),
    ("icon", Role::Silent, &[]),
    ("js", Role::Silent, &[]),
    ("set", Role::Silent, &[]),
    ("style", Role::Silent, &[]),
];

const IMAGE: [&str; 14] = [
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
const LINK: [&str; 14] = [
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
const COLLECTION: [&str; 13] = [
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
const BOX: [&str; 5] = ["label", "title", "type", "class", "id"];
const LAYOUT: [&str; 9] = ["class", "tag", "id", "type", "gap", "columns", "widthWrap", "style", "vars"];

/// Shortcodes that mean nothing without their end.
const PAIRED: [&str; 17] = [
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
const BOXES: [&str; 14] = [
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
pub(super) fn role(name: &str) -> Role {
    let known = KNOWN.iter().find(|(known, ..)| *known == name).map(|(_, role, _)| *role);
    known.unwrap_or_else(|| {
        let is_layout = ["section", "grid", "twoColumns"]
            .iter()
            .any(|stem| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(char::is_uppercase)));
        match fold(name).as_str() {
            "encadre" => Role::Callout,
            _ if is_layout => Role::Layout,
            _ => Role::Other,
        }
    })
}

/// What a container of this name becomes.
pub(super) fn container_role(name: &str) -> Role {
    if BOXES.contains(&fold(name).as_str()) { Role::Callout } else { Role::Other }
}

/// Whether a shortcode of this name is part of a sentence where it stands in one.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(name, "image" | "link" | "icon")
}

/// Whether a shortcode of this name must have an end.
pub(super) fn is_paired(name: &str) -> bool {
    PAIRED.contains(&name) || is_item(name)
}

/// Whether a shortcode of this name never stands directly in another one of its name.
pub(super) fn is_item(name: &str) -> bool {
    name.ends_with("Item")
}

/// The name that an unknown one is probably a misspelling of.
pub(super) fn misspelt_name(name: &str) -> Option<&'static str> {
    if role(name) != Role::Other || KNOWN.iter().any(|(known, ..)| *known == name) {
        return None;
    }
    // Names are short: one letter more or less is a word of its own, unless it is the same one but for case.
    let close = nearest(name, KNOWN.iter().map(|(known, ..)| *known))?;
    let is_same = fold(close) == fold(name);
    (is_same || (close.len() > 3 && strsim::osa_distance(close, name) == 1)).then_some(close)
}

/// The argument that an unknown one is probably a misspelling of.
pub(super) fn misspelt_argument(name: &str, argument: &str) -> Option<&'static str> {
    let (_, _, known) = KNOWN.iter().find(|(known, ..)| *known == name)?;
    let is_free = argument.is_empty()
        || argument.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '@' | ':'))
        || argument.starts_with("data-")
        || argument.starts_with("aria-")
        || known.contains(&argument);
    if is_free { None } else { nearest(argument, known.iter().copied()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_role() {
        assert_eq!(role("sectionHero"), Role::Layout);
        assert_eq!(role("sectional"), Role::Other);
        assert_eq!(role("encadré"), Role::Callout);
        assert_eq!(container_role("Encadré"), Role::Callout);
    }

    #[test]
    fn only_a_near_name_is_a_misspelling() {
        assert_eq!(misspelt_name("imgae"), Some("image"));
        assert_eq!(misspelt_name("griditem"), Some("gridItem"));
        assert_eq!(misspelt_name("button"), None);
        assert_eq!(misspelt_argument("link", "taget"), Some("target"));
        assert_eq!(misspelt_argument("link", "data-target"), None);
        assert_eq!(misspelt_argument("button", "taget"), None);
        assert_eq!(misspelt_argument("image", "source"), None);
    }
}
