//! Renders the list of the footnotes of a page.

use std::collections::HashSet;

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, parse_document};
use passerelle_model::language::Language;
use passerelle_model::rich_text::RichText;

use super::note_numbers::number_references;
use super::replace_with_children::replace_with_children;
use super::{Anchorizer, RenderOptions, Rendered, render_tree};

/// Renders the list of notes of a page. The note at index 0 has number 1. `links` defines the links in them.
pub(crate) fn render(
    notes: &[String],
    links: &str,
    render_options: RenderOptions<'_>,
    lang: Language,
    anchors: &mut Anchorizer,
) -> Rendered {
    let definitions: Vec<String> =
        notes.iter().zip(1..).map(|(note, number)| format!("[^{number}]: {note}")).collect();
    let markdown = definitions.join("\n\n");
    // The references make the parser keep the definitions, in this order.
    let calls = (1..=notes.len()).map(|number| format!("[^{number}]")).collect::<Vec<_>>().concat();
    let source = format!("{calls}\n\n{markdown}{links}");
    if super::limits::exceeds_markup_limit(&source) {
        return super::render_literal(&markdown);
    }
    let arena = Arena::new();
    let root = parse_document(&arena, &source, &super::options());
    if super::limits::exceeds_depth_limit(root) {
        return super::render_literal(&markdown);
    }
    if let Some(calls) = root.first_child() {
        calls.detach();
    }
    drop_repeated_definitions(root);
    let tree: Vec<Node<'_>> = root.descendants().collect();
    number_references(&tree, anchors, true);
    for each in &tree {
        if let NodeValue::FootnoteDefinition(definition) = &mut each.data_mut().value {
            definition.total_references =
                definition.name.parse().map_or(0, |note| anchors.references_to(note));
        }
    }
    let rendered = render_tree(&arena, root, &source, render_options, anchors);
    let content = RichText {
        html: rendered
            .content
            .html
            .replace("aria-label=\"Back to reference ", &format!("aria-label=\"{} ", back_label(lang))),
        markdown,
        ..rendered.content
    };
    Rendered { content, ..rendered }
}

/// Replaces the second definition of a name by its content. The text of a note can begin with the mark of a
/// definition.
fn drop_repeated_definitions(root: Node<'_>) {
    let mut names = HashSet::new();
    let mut is_repeated = |node: &Node<'_>| matches!(&node.data().value, NodeValue::FootnoteDefinition(definition) if !names.insert(definition.name.clone()));
    let repeated: Vec<Node<'_>> = root.descendants().filter(|node| is_repeated(node)).collect();
    repeated.into_iter().for_each(replace_with_children);
}

/// Returns the label of the link from a note back to its reference, before the number of the note.
fn back_label(lang: Language) -> &'static str {
    match lang {
        Language::Fr => "Retour à l’appel de note",
        Language::Nl => "Terug naar verwijzing",
        Language::De => "Zurück zum Verweis",
        Language::En => "Back to reference",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::render as render_run;

    #[test]
    fn the_mark_of_a_definition_in_a_note_makes_no_second_note() {
        let mut anchors = Anchorizer::default();
        let notes = ["[^1]: mare".to_owned()];
        let list = render(&notes, "", RenderOptions::default(), Language::Fr, &mut anchors);
        assert_eq!(list.content.html.matches("id=\"fn-1\"").count(), 1, "{}", list.content.html);
        assert!(list.content.text.contains("mare"));
    }

    #[test]
    fn references_of_several_runs_lead_to_one_list() {
        let mut anchors = Anchorizer::default();
        let options = RenderOptions { definitions: "\n\n[^2]: -", ..RenderOptions::default() };
        let mut run = |text: &str| render_run(text, options, &mut anchors).content.html;
        assert_eq!(
            run("a[^2]"),
            "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-2\" id=\"fnref-2\" data-footnote-ref>2</a></sup></p>"
        );
        assert!(run("b[^2]").contains("id=\"fnref-2-2\""));
        let notes = ["c".to_owned(), "d[^1]".to_owned()];
        let list = render(&notes, "", RenderOptions::default(), Language::Fr, &mut anchors).content;
        assert!(list.html.starts_with("<section class=\"footnotes\" data-footnotes>"), "{}", list.html);
        assert!(list.html.contains("<li id=\"fn-2\">") && list.html.contains("href=\"#fnref-2-2\""));
        assert!(list.html.contains("aria-label=\"Retour à l’appel de note 2-2\""), "{}", list.html);
        assert!(list.html.contains("id=\"fnref-1\"") && list.html.contains("href=\"#fnref-1\""));
        assert_eq!(list.text, "1. c\n\n2. d");
        assert_eq!(list.markdown, "[^1]: c\n\n[^2]: d[^1]");
    }
}
