//! Shortcodes inside a sentence.

use serde_json::{Map, Value};

use crate::fold::tidy;
use crate::markdown::{Marker, escape, safe_url};

/// Whether a shortcode says nothing to a reader, nor does what is inside it.
pub(super) fn is_silent(name: &str) -> bool {
    matches!(name, "comment" | "css" | "icon" | "js" | "set" | "style")
}

/// What an opening tag inside a sentence becomes. `body` is what stands between it and its end, if it has one.
pub(super) fn open(name: &str, args: &Map<String, Value>, body: Option<&str>, raw: String) -> Marker {
    match name {
        "link" => match href(args, body) {
            Some(href) => {
                let html = format!("<a href=\"{}\">", escape(href));
                // A link without words shows where it goes, so that it can be read and followed.
                let label = if body.is_some_and(|body| body.trim().is_empty()) { href } else { "" };
                Marker { html: html + &escape(label), text: label.to_owned(), raw }
            }
            None => silent(raw),
        },
        "image" => {
            let text = |key: &str| args.get(key).and_then(Value::as_str).unwrap_or_default();
            let Some(src) = safe_url(text("src")).filter(|src| !src.is_empty()) else { return silent(raw) };
            let alt = tidy(text("alt"));
            let html = format!("<img src=\"{}\" alt=\"{}\" />", escape(src), escape(&alt));
            Marker { html, text: alt, raw }
        }
        _ => silent(raw),
    }
}

/// What an ending tag inside a sentence becomes.
pub(super) fn end(name: &str, args: &Map<String, Value>, body: Option<&str>, raw: String) -> Marker {
    match name {
        "link" if href(args, body).is_some() => Marker { html: "</a>".to_owned(), text: String::new(), raw },
        _ => silent(raw),
    }
}

fn silent(raw: String) -> Marker {
    Marker { html: String::new(), text: String::new(), raw }
}

/// Where a link goes, if it may: an address that is allowed, around words of one paragraph. A link to another page by
/// its key has no address yet.
fn href<'a>(args: &'a Map<String, Value>, body: Option<&str>) -> Option<&'a str> {
    let is_internal = args.get("type").and_then(Value::as_str) == Some("internal");
    let in_one_paragraph = body.is_some_and(|body| !body.contains("\n\n"));
    let url = args.get("url").and_then(Value::as_str).filter(|url| !url.is_empty())?;
    if is_internal || !in_one_paragraph { None } else { safe_url(url) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::arguments;

    fn html(name: &str, given: &str, body: Option<&str>) -> String {
        open(name, &arguments::read(given).0, body, String::new()).html
    }

    #[test]
    fn a_link_goes_only_where_it_may() {
        assert_eq!(html("link", "url=\"/a?b&c\"", Some("x")), "<a href=\"/a?b&amp;c\">");
        assert_eq!(html("link", "url=\"/a\"", Some("")), "<a href=\"/a\">/a");
        assert_eq!(html("link", "url=\"javascript:a\"", Some("x")), "");
        assert_eq!(html("link", "url=\"/a\"", Some("x\n\ny")), "");
        assert_eq!(html("link", "url=\"/a\"", None), "");
    }

    #[test]
    fn an_image_is_escaped() {
        assert_eq!(
            html("image", "src=\"/a.png\", alt='\"x\" onload='", None),
            "<img src=\"/a.png\" alt=\"&quot;x&quot; onload=\" />"
        );
        assert_eq!(html("icon", "\"a\"", None), "");
    }
}
