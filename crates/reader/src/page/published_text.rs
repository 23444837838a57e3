//! The text of a body that is published, for documents that are not read as pages.

use std::borrow::Cow;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;

use super::expression::{Evaluated, evaluate};
use super::tag::TagSyntax;
use super::token::tokenize;
use super::tree::is_address_place;
use crate::front_matter::FrontMatter;
use crate::source::saturating_u32;

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
    let values = front.template_values();
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
            TagSyntax::Expression => match evaluate(tag.arguments, values) {
                Evaluated::Text(value) => text.push_str(&value),
                Evaluated::Address(address) if is_address_place(&text) => text.push_str(&address),
                Evaluated::Address(_) | Evaluated::Unknown => {
                    let kind = DiagnosticKind::TemplateExpression { expression: tag.arguments.to_owned() };
                    findings.push(Finding::at(Position::line(line), kind));
                }
            },
            TagSyntax::Raw => text.push_str(tag.arguments),
            TagSyntax::Container(_) | TagSyntax::Embed => text.push_str(hidden),
        }
        line = line.saturating_add(count_lines(hidden));
    }
    text.push_str(&body[end..]);
    (Cow::Owned(text), findings)
}

fn count_lines(text: &str) -> u32 {
    saturating_u32(text.matches('\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter;

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
    fn expressions_are_evaluated_as_on_a_page() {
        let source = "---\ntemplateValues:\n  annee: 2026\n  contact: {phone: \"02\"}\n---\n";
        let front = front_matter::split(source).unwrap().front;
        let body = "{{ annee }} {{ contact.phone }} [a]({{ \"faq\" | locale_url }})";
        assert_eq!(published_text(body, 1, &front), ("2026 02 [a](faq)".into(), Vec::new()));
    }

    #[test]
    fn an_expression_without_a_value_is_reported_with_its_line() {
        let (text, findings) = published_text("a\n{# b\n #}\nc {{ d }}", 3, &FrontMatter::default());
        assert_eq!(text, "a\n\n\nc ");
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].position, Some(Position::line(6)));
    }
}
