//! What holds of every page, however its marks are torn apart: it is read, its HTML is whole and safe, no word is lost.
//!
//! `broken/` keeps the inputs that once broke the reader; `fuzz/` looks for more of them.

mod sane;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use sane::{read_sanely, text_of};

/// Marks and Markdown, in pieces that a careless editor or tool puts together in any order.
const PIECES: [&str; 74] = [
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

fn pages() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => (0..PIECES.len()).prop_map(|piece| PIECES[piece].to_owned()),
        1 => "[a-z ]{0,8}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Marks that say nothing themselves, and nothing that hides words: whatever is torn apart, every word must be left.
const MARKS: [&str; 26] = [
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

fn torn() -> impl Strategy<Value = (String, usize)> {
    let space = prop_oneof![Just(" "), Just("\n"), Just("\n\n")];
    // The word behind colons is a name, not text.
    let mark = (0..MARKS.len(), space)
        .prop_map(|(mark, space)| (MARKS[mark], if MARKS[mark].starts_with(':') { "\n" } else { space }));
    prop::collection::vec(prop::option::of(mark), 1..40).prop_map(|pieces| {
        let mut page = String::new();
        let mut words = 0;
        for piece in pieces {
            match piece {
                Some((mark, space)) => page.extend([mark, space]),
                None => {
                    page.extend(["mot", &words.to_string(), "x "]);
                    words += 1;
                }
            }
        }
        (page, words)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_page_is_read_and_its_html_is_whole_and_safe(page in pages()) {
        read_sanely(page.as_bytes()).unwrap();
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_sanely(&bytes);
    }

    #[test]
    fn no_word_is_lost_however_marks_are_torn_apart((page, words) in torn()) {
        let reading = read_sanely(page.as_bytes()).unwrap();
        let text = text_of(&reading);
        for word in 0..words {
            prop_assert!(text.contains(&format!("mot{word}x")), "mot{} of {:?} is not in {:?}", word, page, text);
        }
    }
}

#[test]
fn what_once_broke_the_reader_does_not_any_more() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        read_sanely(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0);
}
