//! Detects the kind of a document: plan, page or support service.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_text::fold::{fold, nearest};

use crate::front_matter::FrontMatter;

/// Kind of a document, which selects its parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetectedKind {
    /// A plan with numbered measures.
    Plan,
    /// A page. It may still describe a support service: the page parser detects that from its heading and
    /// tags.
    Page,
    /// A page whose front matter declares a support service, whatever its heading is.
    SupportService,
}

/// Values of the front matter field `kind`.
const NAMES: [(&str, DetectedKind); 3] = [
    ("plan", DetectedKind::Plan),
    ("page", DetectedKind::Page),
    ("support-service", DetectedKind::SupportService),
];

/// Returns the kind that the front matter declares. `None` without a valid `kind` field.
pub(crate) fn declared(front: &FrontMatter, findings: &mut Vec<Finding>) -> Option<DetectedKind> {
    let value = front.text("kind")?;
    let kind_name = fold(&value).replace([' ', '_'], "-");
    if let Some((_, kind)) = NAMES.iter().find(|(name, _)| *name == kind_name) {
        return Some(*kind);
    }
    let nearest = nearest(&kind_name, NAMES.iter().map(|(name, _)| *name));
    findings.push(Finding::at(front.position("kind"), DiagnosticKind::UnknownKind { value, nearest }));
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::split;
    use crate::plan;

    fn detect_with_findings(text: &str) -> (DetectedKind, usize) {
        let split = split(text).unwrap();
        let mut findings = Vec::new();
        let declared = declared(&split.front, &mut findings);
        let is_plan = || plan::examine(&split.front, split.body, 1, "a", false).is_plan();
        let kind =
            declared.unwrap_or_else(|| if is_plan() { DetectedKind::Plan } else { DetectedKind::Page });
        (kind, findings.len())
    }

    #[test]
    fn front_matter_overrides_detection() {
        assert_eq!(
            detect_with_findings("---\nkind: page\n---\n## AXE 1: A\n1.\tb\tEn cours\n"),
            (DetectedKind::Page, 0)
        );
        assert_eq!(
            detect_with_findings("---\nkind: Support_Service\n---\n"),
            (DetectedKind::SupportService, 0)
        );
        assert_eq!(detect_with_findings("---\nkind: plam\n---\n"), (DetectedKind::Page, 1));
    }

    #[test]
    fn numbered_rows_under_an_axis_are_detected_as_a_plan() {
        assert_eq!(detect_with_findings("## AXE 1: A\n1.\tb\tEn cours\n").0, DetectedKind::Plan);
        assert_eq!(detect_with_findings("## AS 1: A\n1.\tb\tLopend\n").0, DetectedKind::Plan);
        assert_eq!(detect_with_findings("## AXE 1: A\n\ntexte\n").0, DetectedKind::Page);
        assert_eq!(detect_with_findings("1.\tb\tEn cours\n").0, DetectedKind::Page);
    }

    #[test]
    fn a_text_with_more_lines_than_any_plan_is_a_page_unless_its_front_matter_says_plan() {
        let plan = format!("## AXE 1: A\n1.\tb\tEn cours\n{}", "\n".repeat(500_000));
        assert_eq!(detect_with_findings(&plan).0, DetectedKind::Page);
        assert_eq!(detect_with_findings(&format!("---\nkind: plan\n---\n{plan}")).0, DetectedKind::Plan);
        let split = split(&plan).unwrap();
        assert!(plan::examine(&split.front, split.body, 1, "a", true).is_plan());
    }

    #[test]
    fn plans_are_detected_in_every_markup() {
        for axis in
            ["**AXE 1: A**", "AXE 1: A\n=====", "<p><B>AXE 1: A</B></p>", "<h2>AXE 1: A</h2>", "AXE 1: A"]
        {
            for row in [
                "| 1. | b | En cours |",
                "|N°|Mesure|Statut|\n|--|--|--|\n|1|b|En cours|",
                "<table><tr><td>Mesure 1<td>b<td>En cours</table>",
                "1)\tb\n\tc\tEn cours",
                "1\tb\n\tc\tEn cours",
            ] {
                assert_eq!(
                    detect_with_findings(&format!("{axis}\n\n{row}\n")).0,
                    DetectedKind::Plan,
                    "{axis}\n{row}"
                );
            }
        }
    }

    #[test]
    fn pages_with_tables_are_not_plans() {
        for text in [
            "## Budget\n\n| 1. | b | En cours |\n",
            "## AXE 1: A\n\n| 2025 | b | 12 |\n| 2026 | c | 13 |\n",
            "## AXE 1: A\n\n1. b\n2. c\n",
            "L’axe 1 : a\n\n1.\tb\tEn cours\n",
            "Texte\nAXE 1: dit un autre\n\n1.\tb\tEn cours\n",
        ] {
            assert_eq!(detect_with_findings(text).0, DetectedKind::Page, "{text}");
        }
    }
}
