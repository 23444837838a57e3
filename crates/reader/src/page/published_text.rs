//! The text of a body that is published, for documents that are not read as pages.

use std::borrow::Cow;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;

use super::tag::TagSyntax;
use super::token::tokenize;
use crate::front_matter::FrontMatter;

/// Marks of the site builder and of comments. A body without them is published as it is.
const MARKS: [&str; 6] = ["<!--", "{%", "{{", "{#", "<script", "<style"];

/// Removes comments, scripts and the tags of the site builder, and replaces template expressions by their
/// values. The lines keep their numbers. Reports the expressions without a value.
pub(crate) fn published_text<'a>(
    body: &'a str,
    body_line: u32,
    front: &FrontMatter,
) -> (Cow<'a, str>, Vec<Finding>) {
    if !MARKS.iter().any(|mark| body.contains(mark)) {
        return (Cow::Borrowed(body), Vec::new());
    }
    let values = front.values().get("templateValues").and_then(serde_json::Value::as_object);
    let mut text = String::with_capacity(body.len());
    let mut findings = Vec::new();
    let mut end = 0;
    let mut line = body_line;
    for tag in tokenize(body).tags {
        if tag.range.start < end {
            continue;
        }
        let before = &body[end..tag.range.start];
        text.push_str(before);
        line = line.saturating_add(count_lines(before));
        let hidden = &body[tag.range.clone()];
        end = tag.range.end;
        match tag.syntax {
            TagSyntax::Comment | TagSyntax::Shortcode => {
                hidden.matches('\n').for_each(|newline| text.push_str(newline));
            }
            TagSyntax::Expression => {
                let value =
                    values.and_then(|values| values.get(tag.arguments)).and_then(|value| value.as_str());
                match value {
                    Some(value) => text.push_str(value),
                    None => {
                        let kind =
                            DiagnosticKind::TemplateExpression { expression: tag.arguments.to_owned() };
                        findings.push(Finding::at(Position::line(line), kind));
                    }
                }
            }
            TagSyntax::Raw => text.push_str(tag.arguments),
            TagSyntax::Container(_) | TagSyntax::Embed => text.push_str(hidden),
        }
        line = line.saturating_add(count_lines(hidden));
    }
    text.push_str(&body[end..]);
    (Cow::Owned(text), findings)
}

fn count_lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(body: &str) -> String {
        published_text(body, 1, &FrontMatter::default()).0.into_owned()
    }

    #[test]
    fn nothing_of_a_comment_or_tag_is_published() {
        assert_eq!(published("a <!-- b\nc --> d"), "a \n d");
        assert_eq!(published("a{# b #} {% link url=\"x\" %}la FAQ{% endlink %}"), "a la FAQ");
        assert_eq!(published("a<script>\nb()</script>c<style>.x{}</style>"), "a\nc");
        assert_eq!(published("a `{{ b }}`"), "a `{{ b }}`");
        assert_eq!(published("a {% raw %}{{ b }}{% endraw %}"), "a {{ b }}");
    }

    #[test]
    fn an_expression_without_a_value_is_reported_with_its_line() {
        let (text, findings) = published_text("a\n{# b\n #}\nc {{ d }}", 3, &FrontMatter::default());
        assert_eq!(text, "a\n\n\nc ");
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].position, Some(Position::line(6)));
    }
}
