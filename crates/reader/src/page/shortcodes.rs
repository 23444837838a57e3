//! Table of the known shortcodes and containers, with their roles and arguments.

use passerelle_text::fold::{fold, nearest};

/// Role of a shortcode: the output that it produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShortcodeRole {
    /// Produces no output, and neither does its content. It only styles the site, for example `css`.
    Ignored,
    /// Produces an image.
    Image,
    /// Produces a frame or video, which a front end shows.
    Embed,
    /// Produces a link around its content.
    Link,
    /// Produces a list of pages.
    Collection,
    /// Produces a callout around its content.
    Callout,
    /// Produces a section of the layout.
    Layout,
    /// Produces a generic block with its name and arguments. Unknown shortcodes have this role.
    Other,
}

/// Names, roles and known arguments. The arguments serve only to detect misspellings; most of them style
/// the site.
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

const IMAGE_ARGUMENTS: [&str; 15] = [
    "src",
    "srcset",
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

/// Shortcodes that require an end tag.
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

/// Containers that produce callouts, folded: names that site builders and documentation tools use.
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

/// Returns the role of a shortcode. A name such as `sectionHero` extends a layout name, so it has the same
/// role.
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

/// Returns the role of a container `::: name`.
pub(super) fn container_role(name: &str) -> ShortcodeRole {
    if CALLOUT_CONTAINERS.contains(&fold(name).as_str()) {
        ShortcodeRole::Callout
    } else {
        ShortcodeRole::Other
    }
}

/// Returns true if a shortcode belongs to a sentence if it is surrounded by text.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(name, "image" | "link" | "icon" | "embed")
}

/// Returns true if a shortcode requires an end tag.
pub(super) fn is_paired(name: &str) -> bool {
    PAIRED_SHORTCODES.contains(&name) || is_item(name)
}

/// Returns true if a shortcode cannot be a direct child of a shortcode with the same name.
pub(super) fn is_item(name: &str) -> bool {
    name.ends_with("Item")
}

/// Returns the known name of which an unknown name is probably a misspelling.
pub(super) fn suggest_name(name: &str) -> Option<&'static str> {
    if role(name) != ShortcodeRole::Other || SHORTCODES.iter().any(|(known, ..)| *known == name) {
        return None;
    }
    // Names are short, so a distance of two letters is usually a different word.
    let close = nearest(name, SHORTCODES.iter().map(|(known, ..)| *known))?;
    let is_same = fold(close) == fold(name);
    (is_same || (close.len() > 3 && strsim::osa_distance(close, name) == 1)).then_some(close)
}

/// Returns the known argument of which an unknown argument is probably a misspelling.
///
/// `None` for positional arguments, for `data-` and `aria-` attributes, and for unknown shortcodes.
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
