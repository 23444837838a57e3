//! Property tests: any page is parsed to well-formed, safe HTML, and broken tags lose no words.
//!
//! The folder `broken/` contains inputs that once violated a property. The fuzzer in `fuzz/` searches for
//! more.

mod invariants;
#[path = "invariants/plan.rs"]
mod plan_invariants;

use std::fs;
use std::path::Path;

use invariants::{read_checked, text_of};
use plan_invariants::check_plan;
use proptest::prelude::*;

/// Fragments of tags and Markdown that are concatenated in random order.
const FRAGMENTS: [&str; 74] = [
    "{% grid %}",
    "{% endgrid %}",
    "{% gridItem class=\"box\" %}",
    "{% endgridItem %}",
    "{% wrapper tag=\"div\" %}",
    "{% endwrapper %}",
    "{% sectionGrid %}",
    "{% endsectionGrid %}",
    "{% link url=\"mare\", type=\"internal\" %}",
    "{% link url=\"https://a.example/\" %}",
    "{% link url=\"javascript:x\" %}",
    "{% endlink %}",
    "{% image src=\"/_images/a.png\", alt=\"b\" %}",
    "{% image %}",
    "{% icon \"x\" %}",
    "{% tip a=1 %}",
    "{% endtip %}",
    "{% callout title=\"c\" %}",
    "{% endcallout %}",
    "{% collection collection=\"d\" %}",
    "{% endcollection %}",
    "{% partial \"e.md\" %}",
    "{% x",
    " %}",
    "{%",
    "{% f g=\"h %}",
    ":::",
    "::: i {.j}",
    ":::: k",
    "::::",
    "::: note",
    "____ENCADRÉ____",
    "**__NOTE_**_",
    "{ .l #m }",
    "{#n}",
    "{.o}",
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "    ",
    "  ",
    " ",
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    "*",
    "**",
    "_",
    "`",
    "``",
    "[",
    "](/p)",
    "![",
    "](q.png)",
    "[^1]",
    "[^1]: ",
    "| r | s |",
    "| - | - |",
    "~~",
    "\\",
    "<",
    ">",
    "<b>",
    "</div>",
    "<!--",
    "https://t.example/",
    "&amp;",
    "é",
    "\u{F0100}",
    "---",
];

fn arbitrary_pages() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        3 => (0..FRAGMENTS.len()).prop_map(|fragment| FRAGMENTS[fragment].to_owned()),
        1 => "[a-z ]{0,8}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(fragment, 0..60).prop_map(|fragments| fragments.concat())
}

/// Tags that neither add nor hide text. Every word between them must be in the result.
const TAGS: [&str; 26] = [
    "{% grid %}",
    "{% endgrid %}",
    "{% gridItem class=\"box\" %}",
    "{% endgridItem %}",
    "{% wrapper tag=\"div\" %}",
    "{% endwrapper %}",
    "{% link url=\"mare\", type=\"internal\" %}",
    "{% link url=\"\" %}",
    "{% endlink %}",
    "{% twoColumns %}",
    "{% endtwoColumns %}",
    "{% icon \"y\" %}",
    "{% tip %}",
    "{% endtip %}",
    "{% callout %}",
    "{% endcallout %}",
    ":::",
    "::: div {.a}",
    "::::",
    "____ENCADRÉ____",
    "{ .a }",
    "## ",
    "- ",
    "\n\n",
    "\n\n",
    "**",
];

fn pages_with_broken_tags() -> impl Strategy<Value = (String, usize)> {
    let space = prop_oneof![Just(" "), Just("\n"), Just("\n\n")];
    // A word on the same line after colons is the name of a container, not text.
    let tag = (0..TAGS.len(), space)
        .prop_map(|(tag, space)| (TAGS[tag], if TAGS[tag].starts_with(':') { "\n" } else { space }));
    prop::collection::vec(prop::option::of(tag), 1..40).prop_map(|fragments| {
        let mut page = String::new();
        let mut words = 0;
        for fragment in fragments {
            match fragment {
                Some((tag, space)) => page.extend([tag, space]),
                None => {
                    page.extend(["mot", &words.to_string(), "x "]);
                    words += 1;
                }
            }
        }
        (page, words)
    })
}

/// Lines of plans that are joined in random order.
const PLAN_LINES: [&str; 30] = [
    "# Plan des mares 2025",
    "## AXE 1: Creuser",
    "## AXE 2: Arroser",
    "## Thème : Eau",
    "### 1. Le bord",
    "### 1. Le fond",
    "#### a. Les berges",
    "##### Divers",
    "1.\tSemer des joncs*\tEn cours",
    "2.\tPoser un ponton\tPPS À faire",
    "2.\tPoser un banc\tRéalisé",
    "1.1.3\tFaucher tard\tTerminé à 80 %",
    "A1\tSemer des joncs*\tRéalisé",
    "- [x] 3. Curer le fossé",
    "- [ ] Curer le fossé",
    "- Action 4 : relever le niveau — en cours",
    "| N° | Mesure | Statut | Pilote |",
    "| --- | --- | --- | --- |",
    "| 1 | Semer des joncs | En cours | Ville |",
    "| A1 | Semer des saules | ✅ | Ville |",
    "|  | Semer des saules |  |",
    "| N° | Statut | Mesure |",
    "| 7 | À faire | Border | x |",
    "### Action 5 : border le chemin",
    "Statut : en cours",
    "Pilote : Ville",
    "<table><tr><td>8</td><td>Tailler</td><td>À faire</td></tr></table>",
    "<sup>1</sup> Le soir",
    "Une phrase.",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_page_parses_to_well_formed_safe_html(page in arbitrary_pages()) {
        read_checked(page.as_bytes()).unwrap();
    }

    #[test]
    fn any_plan_has_unique_numbers_and_labels_in_known_categories(
        lines in prop::collection::vec(prop::sample::select(&PLAN_LINES[..]), 0..30),
    ) {
        check_plan(lines.join("\n").as_bytes());
    }

    #[test]
    fn any_bytes_parse_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_checked(&bytes);
    }

    #[test]
    fn broken_tags_lose_no_words((page, words) in pages_with_broken_tags()) {
        let reading = read_checked(page.as_bytes()).unwrap();
        let text = text_of(&reading);
        for word in 0..words {
            prop_assert!(text.contains(&format!("mot{word}x")), "mot{} of {:?} is not in {:?}", word, page, text);
        }
    }
}

#[test]
fn regression_inputs_parse() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        read_checked(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0);
}
