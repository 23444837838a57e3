//! Evaluates template expressions `{{ … }}` and conditions `{% if … %}` with the values of the front matter.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::position::Position;
use serde_json::{Map, Value};

use super::tag::{Tag, TagKind, TagSyntax};
use crate::front_matter::text_of;

/// Result of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evaluated {
    /// The key or path of a page, from `"key" | locale_url`.
    Address(String),
    /// Text from `templateValues`.
    Text(String),
    /// The value is not known.
    Unknown,
}

/// Filters that turn a key or path into the address of a page.
const ADDRESS_FILTERS: [&str; 5] = ["locale_url", "localeUrl", "locale_path", "url", "absoluteUrl"];

/// Evaluates an expression.
pub(super) fn evaluate(expression: &str, values: Option<&Map<String, Value>>) -> Evaluated {
    let mut parts = expression.split('|').map(str::trim);
    let operand = parts.next().unwrap_or_default();
    let is_address = parts.any(|filter| {
        let name = filter.split(['(', ' ']).next().unwrap_or_default();
        ADDRESS_FILTERS.contains(&name)
    });
    let value = string_literal(operand).map(str::to_owned).or_else(|| look_up(operand, values));
    match value {
        Some(value) if is_address => Evaluated::Address(value.trim().to_owned()),
        Some(value) => Evaluated::Text(value),
        None => Evaluated::Unknown,
    }
}

fn string_literal(text: &str) -> Option<&str> {
    ["\"\"", "''", "“”"].iter().find_map(|quotes| {
        let mut quotes = quotes.chars();
        text.strip_prefix(quotes.next()?)?.strip_suffix(quotes.next()?)
    })
}

/// Returns the text of a value by its dotted path, for example `contact.phone`.
fn look_up(path: &str, values: Option<&Map<String, Value>>) -> Option<String> {
    let value = value_at(path, values?)?;
    match value {
        Value::Bool(value) => Some(value.to_string()),
        value => text_of(value),
    }
}

fn value_at<'a>(path: &str, values: &'a Map<String, Value>) -> Option<&'a Value> {
    let mut names = path.split('.');
    let mut value = values.get(names.next()?)?;
    for name in names {
        value = value.get(name)?;
    }
    Some(value)
}

/// Replaces the expressions in an argument. Returns the text and the expressions without a value.
pub(super) fn fill(text: &str, values: Option<&Map<String, Value>>) -> (String, Vec<String>) {
    let mut output = String::with_capacity(text.len());
    let mut unknown = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((expression, after)) = after.split_once("}}") else { break };
        output.push_str(before);
        match evaluate(expression.trim(), values) {
            Evaluated::Address(value) | Evaluated::Text(value) => output.push_str(&value),
            Evaluated::Unknown => unknown.push(expression.trim().to_owned()),
        }
        rest = after;
    }
    output.push_str(rest);
    (output, unknown)
}

/// A condition whose end tag was not found yet.
struct OpenCondition {
    /// Indexes of the tags `if`, `elif`, `else`.
    marks: Vec<usize>,
}

/// Replaces `{% if %} … {% else %} … {% endif %}` by one branch. The other tags stay in order.
///
/// A condition that `templateValues` does not decide shows its first branch.
pub(super) fn choose_branches<'a>(
    tags: Vec<Tag<'a>>,
    values: Option<&Map<String, Value>>,
    position_at: &dyn Fn(usize) -> Position,
    findings: &mut Vec<Finding>,
) -> Vec<Tag<'a>> {
    if !tags.iter().any(is_condition) {
        return tags;
    }
    let mut open: Vec<OpenCondition> = Vec::new();
    let mut hidden = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        if tag.syntax != TagSyntax::Shortcode {
            continue;
        }
        match (tag.name, tag.kind) {
            ("if" | "unless", TagKind::Start) => open.push(OpenCondition { marks: vec![index] }),
            ("elif" | "elseif" | "elsif" | "else", TagKind::Start) => {
                if let Some(condition) = open.last_mut() {
                    condition.marks.push(index);
                }
            }
            ("if" | "unless", TagKind::End) => {
                let Some(OpenCondition { marks }) = open.pop() else { continue };
                let chosen = marks.iter().position(|mark| holds(&tags[*mark], values));
                for (branch, mark) in marks.iter().enumerate() {
                    let end = marks.get(branch + 1).map_or(tag.range.start, |next| tags[*next].range.start);
                    let start = tags[*mark].range.start;
                    let inside = tags[*mark].range.end;
                    hidden.push(if chosen == Some(branch) { start..inside } else { start..end });
                }
                hidden.push(tag.range.clone());
                let first = &tags[marks[0]];
                let shown = chosen.map(|branch| position_at(tags[marks[branch]].range.start).line);
                let condition = first.arguments.to_owned();
                findings.push(Finding::at(
                    position_at(first.range.start),
                    DiagnosticKind::TemplateCondition { condition, shown },
                ));
            }
            _ => {}
        }
    }
    hidden.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut output: Vec<Tag<'a>> = Vec::with_capacity(tags.len());
    let mut ranges = hidden.into_iter().peekable();
    let mut hidden_until = 0;
    for tag in tags {
        while let Some(range) = ranges.next_if(|range| range.start <= tag.range.start) {
            if range.start >= hidden_until {
                hidden_until = range.end;
                output.push(Tag::comment(range));
            }
        }
        if tag.range.start >= hidden_until {
            output.push(tag);
        }
    }
    output
}

fn is_condition(tag: &Tag<'_>) -> bool {
    tag.syntax == TagSyntax::Shortcode && matches!(tag.name, "if" | "unless")
}

/// Returns true if a branch is shown. If a value is not known, the branch is shown.
fn holds(tag: &Tag<'_>, values: Option<&Map<String, Value>>) -> bool {
    let condition = tag.arguments.trim();
    let (condition, is_negated) = match condition.strip_prefix("not ") {
        Some(rest) => (rest.trim(), tag.name != "unless"),
        None => (condition, tag.name == "unless"),
    };
    let decided = match condition.split_once("==") {
        Some((left, right)) => {
            let operand =
                |text: &str| string_literal(text).map(str::to_owned).or_else(|| look_up(text, values));
            operand(left.trim()).zip(operand(right.trim())).map(|(left, right)| left == right)
        }
        None => values.and_then(|values| value_at(condition, values)).map(is_truthy),
    };
    decided.is_none_or(|holds| holds != is_negated)
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::token::tokenize;

    fn values() -> Map<String, Value> {
        let json = r#"{"phone": "02 123", "open": false, "site": {"name": "Le Jardin"}}"#;
        serde_json::from_str(json).unwrap()
    }

    fn shown(body: &str) -> (String, Vec<DiagnosticKind>) {
        let values = values();
        let mut findings = Vec::new();
        let at =
            |offset: usize| Position::line(u32::try_from(body[..offset].matches('\n').count()).unwrap() + 1);
        let tags = choose_branches(tokenize(body).tags, Some(&values), &at, &mut findings);
        let mut text = String::new();
        let mut offset = 0;
        for tag in &tags {
            text.push_str(&body[offset..tag.range.start]);
            offset = tag.range.end;
        }
        text.push_str(&body[offset..]);
        (text, findings.into_iter().map(|finding| finding.kind).collect())
    }

    #[test]
    fn expressions_give_addresses_and_values() {
        let values = values();
        let value = |expression: &str| evaluate(expression, Some(&values));
        assert_eq!(value("\"contact\" | locale_url"), Evaluated::Address("contact".to_owned()));
        assert_eq!(value("'/contact/' | url"), Evaluated::Address("/contact/".to_owned()));
        assert_eq!(value("site.name"), Evaluated::Text("Le Jardin".to_owned()));
        assert_eq!(value("page.date | date"), Evaluated::Unknown);
        assert_eq!(fill("{{ phone }}/{{ x }}", Some(&values)), ("02 123/".to_owned(), vec!["x".to_owned()]));
    }

    #[test]
    fn conditions_show_one_branch() {
        assert_eq!(shown("{% if x %}a{% else %}b{% endif %}c").0, "ac");
        assert_eq!(shown("{% if open %}a{% else %}b{% endif %}c").0, "bc");
        assert_eq!(shown("{% if not open %}a{% endif %}c").0, "ac");
        assert_eq!(shown("{% unless open %}a{% endunless %}c").0, "ac");
        assert_eq!(shown("{% if phone == \"1\" %}a{% elif open %}b{% endif %}c").0, "c");
        let nested =
            "{% if x %}a{% if y %}b{% else %}c{% endif %}{% else %}{% image src=\"d\" %}{% endif %}e";
        assert_eq!(shown(nested).0, "abe");
        let (_, kinds) = shown("a\n{% if open %}\nb\n{% else %}\nc\n{% endif %}\n");
        assert_eq!(
            kinds,
            [DiagnosticKind::TemplateCondition { condition: "open".to_owned(), shown: Some(4) }]
        );
    }
}
