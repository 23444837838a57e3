//! Alignment of table cells as a class.
//!
//! Comrak writes the attribute `align`, which HTML no longer has. A `style` would be blocked by the content
//! security policies of most websites.

/// Replaces the attribute `align` of the cells that Comrak wrote by a class, for example `align-right`.
///
/// Text is escaped, so these tags stand nowhere else. Cells of raw HTML with other attributes stay as they
/// are.
pub(super) fn align_by_class(mut html: String) -> String {
    if !html.contains(" align=\"") {
        return html;
    }
    for cell in ["td", "th"] {
        for side in ["left", "center", "right"] {
            let old = format!("<{cell} align=\"{side}\">");
            html = html.replace(&old, &format!("<{cell} class=\"align-{side}\">"));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::align_by_class;

    #[test]
    fn cells_have_a_class_for_their_alignment() {
        let html = "<th align=\"right\">a</th><td align=\"center\">b</td><td>c</td>";
        let expected = "<th class=\"align-right\">a</th><td class=\"align-center\">b</td><td>c</td>";
        assert_eq!(align_by_class(html.to_owned()), expected);
        let text = "<p>&lt;td align=\"right\"&gt;</p>";
        assert_eq!(align_by_class(text.to_owned()), text);
    }
}
