//! Pathological inputs for the readers, 1 MiB each.

/// Name and generator of an input. Each is generated in the process that reads it, because the memory of that
/// process is measured.
pub(crate) type PathologicalInput = (&'static str, fn() -> String);

/// Size of an input in bytes.
const BYTES: usize = 1024 * 1024;

fn repeat(unit: &str) -> String {
    unit.repeat(BYTES / unit.len())
}

fn nest(open: &str, inside: &str, close: &str) -> String {
    let depth = BYTES / (open.len() + close.len());
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().concat()
}

const PROSE: &str =
    "Un **mot** de [lien](/a) et `code`, puis {% link url=\"b\", type=\"internal\" %}x{% endlink %}.\n\n";

/// All inputs.
pub(crate) fn inputs() -> Vec<PathologicalInput> {
    vec![
        ("prose with links", || repeat(PROSE)),
        ("prose on one line", || repeat(&PROSE.replace('\n', " "))),
        ("quotations in each other", || repeat("> ")),
        ("lists in each other", || each(1_400, |depth| "  ".repeat(depth) + "- a\n")),
        ("brackets", || repeat("[")),
        ("images that begin", || repeat("![")),
        ("links in each other", || nest("[", "a", "](b)")),
        ("emphasis", || repeat("*a_ ")),
        ("backticks of all lengths", || each(1_440, |length| "`".repeat(length + 1) + " ")),
        ("tables", || format!("{}\n{}\n{}", "|a".repeat(3_000), "|-".repeat(3_000), repeat("|b\n"))),
        ("raw HTML", || nest("<div>", "a", "</div>")),
        ("footnotes", || each(24_000, |note| format!("a[^{note}]\n\n[^{note}]: b\n\n"))),
        ("headings of one text", || repeat("# a\n")),
        ("entities", || repeat("&amp;")),
        ("shortcodes that begin", || repeat("{% a ")),
        ("shortcodes with a quote", || repeat("{% a \"")),
        ("shortcodes on one line", || repeat("{% a %}")),
        ("shortcodes in each other", || nest("{% a %}\n", "b", "{% enda %}\n")),
        ("shortcodes in each other on a line", || nest("{% a %}", "b", "{% enda %}")),
        ("shortcodes that end", || repeat("{% enda %}\n")),
        ("shortcodes that cross", || nest("{% a %}\n{% b %}\n", "c", "{% enda %}\n{% endb %}\n")),
        ("links in a sentence", || format!("a {}", repeat("{% link url=\"/a\" %}b{% endlink %} "))),
        ("links in each other in a sentence", || {
            format!("a {}", nest("{% link url=\"/a\" %}", "b", "{% endlink %}"))
        }),
        ("items without an end", || {
            format!("{{% grid %}}\n{}{{% endgrid %}}", repeat("{% gridItem %}\na\n"))
        }),
        ("sections of JSON", || {
            repeat("{% section blocks=[{\"value\":\"# a\\n\\nb\",\"type\":\"markdown\"}] %}\n")
        }),
        ("JSON in each other", || format!("{{% section blocks={} %}}", nest("[", "", "]"))),
        ("containers", || nest("::: a\n", "b\n", ":::\n")),
        ("containers without an end", || repeat("::: a {.b}\n")),
        ("boxes", || repeat("____A____\n\n## b\n\n")),
        ("attributes", || repeat("## a {.b #c d=e}\n\n")),
        ("braces", || repeat("{ ")),
        ("comments", || repeat("{# a ")),
        ("code in a list", || repeat("- ```\n  {% a %}\n  ```\n")),
        ("placeholders", || repeat("\u{F0100}\u{F0022}\u{F0063}\u{F0022}\u{F0101}")),
    ]
}
