//! The attacks, and the documents that they use.

use std::fs;
use std::path::Path;

use super::client::{Client, LARGE_PAGE_BYTES, LARGE_PAGES, MIB};
use super::sockets;

/// Number of measures of the plan.
const MEASURES: usize = 60_000;
/// One attack. It returns after the last response.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Client),
}

pub(crate) const ATTACKS: [Attack; 14] = [
    Attack { name: "60 searches of 330 short words", run: |client| client.at_once(60, |_| short_words(1)) },
    Attack { name: "8 requests of 19 such searches", run: |client| client.at_once(8, |_| short_words(19)) },
    Attack { name: "1,000 silent connections for 5 s", run: |client| sockets::silent(client, 1_000) },
    Attack {
        name: "100 clients: one id 100 times, 1 MiB",
        run: |client| client.at_once(100, |_| client.ids(1)),
    },
    Attack { name: "8 clients: 20 fields of it", run: |client| client.at_once(8, |_| client.ids(20)) },
    Attack { name: "100 clients: 8 pages of 5 MiB", run: |client| client.at_once(100, |_| all_pages()) },
    Attack { name: "100 clients: 29 curves", run: |client| client.at_once(100, |_| curves()) },
    Attack { name: "100 clients: 48 branches", run: |client| client.at_once(100, branches) },
    Attack { name: "100 clients: the whole plan", run: |client| client.at_once(100, |_| whole_plan()) },
    Attack { name: "100 replays over SSE", run: |client| sockets::replay_events(client, 100) },
    Attack { name: "5,000 replays over 100 WebSockets", run: |client| sockets::replay(client, 100, 50) },
    Attack { name: "40 exports", run: |client| client.get_at_once(40, "/exports/measures.json") },
    Attack { name: "40 feeds", run: |client| client.get_at_once(40, "/feeds/changes.atom") },
    Attack { name: "8 hostile documents of 5 MiB, 1 plan", run: Client::drop_documents },
];

/// Writes the documents: a large plan, a page of 1 MiB, and pages of 5 MiB.
pub(crate) fn write_content(content: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(content)?;
    fs::write(content.join("plan.txt"), crate::plan::text(MEASURES))?;
    let paragraph = "Un jardin partagé, ouvert à toutes et à tous, du lundi au samedi, toute l'année.\n\n";
    let page = |slug: &str, bytes: usize| {
        let text = paragraph.repeat(bytes / paragraph.len());
        let path = content.join(format!("{slug}.md"));
        fs::write(path, format!("---\nslug: {slug}\nlang: fr\n---\n# Page {slug}\n\n{text}"))
    };
    page("mebibyte", MIB)?;
    for number in 0..LARGE_PAGES {
        page(&format!("large-{number}"), LARGE_PAGE_BYTES)?;
    }
    Ok(())
}

fn short_words(searches: usize) -> String {
    let letters = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap_or(0));
    let words: Vec<String> = (0..330).map(|at| [letters(at), letters(at / 26)].iter().collect()).collect();
    let words = words.join("-");
    let field = |at| format!("a{at}: search(query: \"{words}\") {{ totalCount }}");
    format!("{{ {} }}", (0..searches).map(field).collect::<Vec<_>>().join(" "))
}

fn all_pages() -> String {
    "{ pages(first: 100) { nodes { content { html text markdown } } } }".to_owned()
}

fn curves() -> String {
    let field = |at| format!("a{at}: progressOverTime(interval: DAY) {{ progress {{ total }} }}");
    format!("{{ plan {{ {} }} }}", (0..29).map(field).collect::<Vec<_>>().join(" "))
}

fn branches(client: usize) -> String {
    let branch = |at: usize| format!("{{number: [{}], hasProgramme: true}}", client * 100 + at);
    let branches = (0..48).map(branch).collect::<Vec<_>>().join(", ");
    format!("{{ measures(first: 1, filter: {{or: [{branches}]}}) {{ totalCount }} }}")
}

/// A tree of all categories with their measures.
fn whole_plan() -> String {
    "{ plan { categories { title measures(first: 100) { nodes { number title { html text } status \
     category { path title parent { title } } } } } } }"
        .to_owned()
}
