//! What kind of document a text is.

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_text::fold::{fold, nearest};

use crate::front_matter::FrontMatter;
use crate::plan;

/// What a document is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A plan.
    Plan,
    /// A page.
    Page,
    /// A page that describes a support service, whatever its heading says.
    SupportService,
}

/// The kinds as `kind:` in the front matter writes them.
const WRITTEN: [(&str, Kind); 3] =
    [("plan", Kind::Plan), ("page", Kind::Page), ("support-service", Kind::SupportService)];

/// The kind that the front matter says, else that which the text looks like: numbered rows under axes make a plan.
pub(crate) fn detect(front: &FrontMatter, body: &str, findings: &mut Vec<Finding>) -> Kind {
    if let Some(written) = front.text("kind") {
        let wanted = fold(&written).replace([' ', '_'], "-");
        if let Some((_, kind)) = WRITTEN.iter().find(|(name, _)| *name == wanted) {
            return *kind;
        }
        let nearest = nearest(&wanted, WRITTEN.iter().map(|(name, _)| *name));
        findings.push(Finding::at(front.position("kind"), Fault::UnknownKind { written, nearest }));
    }
    if plan::is_plan(body) { Kind::Plan } else { Kind::Page }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::split;

    fn of(text: &str) -> (Kind, usize) {
        let split = split(text).unwrap();
        let mut findings = Vec::new();
        (detect(&split.front, split.body, &mut findings), findings.len())
    }

    #[test]
    fn the_front_matter_decides() {
        assert_eq!(of("---\nkind: page\n---\n## AXE 1: A\n1.\tb\tEn cours\n"), (Kind::Page, 0));
        assert_eq!(of("---\nkind: Support_Service\n---\n"), (Kind::SupportService, 0));
        assert_eq!(of("---\nkind: plam\n---\n"), (Kind::Page, 1));
    }

    #[test]
    fn numbered_rows_under_axes_make_a_plan() {
        assert_eq!(of("## AXE 1: A\n1.\tb\tEn cours\n").0, Kind::Plan);
        assert_eq!(of("## AS 1: A\n1.\tb\tLopend\n").0, Kind::Plan);
        assert_eq!(of("## AXE 1: A\n\ntexte\n").0, Kind::Page);
        assert_eq!(of("1.\tb\tEn cours\n").0, Kind::Page);
    }

    #[test]
    fn a_plan_is_one_however_it_is_written() {
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
                assert_eq!(of(&format!("{axis}\n\n{row}\n")).0, Kind::Plan, "{axis}\n{row}");
            }
        }
    }

    #[test]
    fn a_page_with_a_table_is_a_page() {
        for text in [
            "## Budget\n\n| 1. | b | En cours |\n",
            "## AXE 1: A\n\n| 2025 | b | 12 |\n| 2026 | c | 13 |\n",
            "## AXE 1: A\n\n1. b\n2. c\n",
            "L’axe 1 : a\n\n1.\tb\tEn cours\n",
            "Texte\nAXE 1: dit un autre\n\n1.\tb\tEn cours\n",
        ] {
            assert_eq!(of(text).0, Kind::Page, "{text}");
        }
    }
}
