//! Renders a title, which is one line of Markdown.

use passerelle_model::rich_text::RichText;

use super::{Anchorizer, RenderOptions, render};

/// Renders a title to inline HTML without a surrounding paragraph.
///
/// A title of the form `- this - and that` renders to a list with one item per part.
pub fn render_title(title: &str) -> RichText {
    let items: Vec<&str> = match title.strip_prefix("- ") {
        Some(rest) => rest.split(" - ").map(str::trim).filter(|item| !item.is_empty()).collect(),
        None => Vec::new(),
    };
    let is_list = items.len() > 1;
    let markdown = if is_list {
        items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
    } else {
        title.to_owned()
    };
    // The first character of a title must not start a heading, a list or a block quote.
    let source = if is_list { markdown.clone() } else { escape_block_start(title) };
    let RichText { html, text, .. } =
        render(&source, RenderOptions::default(), &mut Anchorizer::default()).content;
    let inline = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    RichText { html: inline.unwrap_or(&html).to_owned(), text, markdown }
}

fn escape_block_start(title: &str) -> String {
    let digits = title.chars().take_while(char::is_ascii_digit).count();
    let after = title[digits..].chars().next();
    if digits > 0 && matches!(after, Some('.' | ')')) {
        return format!("{}\\{}", &title[..digits], &title[digits..]);
    }
    if title.starts_with(['#', '>', '-', '+', '=', '~', '|', ':', '[', '`']) || title.starts_with("* ") {
        return format!("\\{title}");
    }
    title.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_inline_unless_they_are_lists() {
        let title = render_title("- Planter des haies. - Creuser une mare.");
        assert_eq!(title.html, "<ul>\n<li>Planter des haies.</li>\n<li>Creuser une mare.</li>\n</ul>");
        assert_eq!(title.text, "- Planter des haies.\n- Creuser une mare.");
        for title in ["1. Planter", "# Planter", "- Planter", "> Planter", "* Planter"] {
            assert_eq!(render_title(title).text, title);
            assert!(!render_title(title).html.contains("<l"), "{title}");
        }
        assert_eq!(
            render_title("Planter « deux » haies & *trois* mares").html,
            "Planter « deux » haies &amp; <em>trois</em> mares"
        );
    }
}
