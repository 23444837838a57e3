//! `docs-sample`: prints a random sample of doc comments and schema descriptions for review.
//!
//! The same seed selects the same sample of the same sources, so two reviewers can read one sample.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;

/// Default number of texts in a sample.
pub(crate) const DEFAULT_COUNT: usize = 100;
/// First words that mark an indirect description: the text names a thing by a question.
const QUESTION_WORDS: [&str; 7] = ["What", "Who", "Where", "Which", "How", "When", "Why"];

/// A documentation text and the position of its first line.
#[derive(Debug, PartialEq, Eq)]
struct Doc {
    file: PathBuf,
    line: usize,
    text: String,
}

impl fmt::Display for Doc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}\n    {}", self.file.display(), self.line, self.text.replace('\n', "\n    "))
    }
}

/// Prints a sample, then the share of all texts and lines that start with a question word.
pub(crate) fn print(root: &Path, seed: u64, count: usize) -> anyhow::Result<()> {
    let docs = all_docs(root)?;
    if docs.is_empty() {
        bail!("no documentation below {}", root.display());
    }
    let mut order: Vec<&Doc> = docs.iter().collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut order);
    order.truncate(count);
    for doc in &order {
        println!("{doc}\n");
    }
    let opening = docs.iter().filter(|doc| opens_with_question(&doc.text)).count();
    let lines: Vec<&str> = docs.iter().flat_map(|doc| doc.text.lines()).collect();
    let line_count = lines.iter().filter(|line| opens_with_question(line)).count();
    println!("{} of {} texts, seed {seed}", order.len(), docs.len());
    println!("open with {}:", QUESTION_WORDS.join("/"));
    println!("  texts {opening} of {}, {:.1} %", docs.len(), percent(opening, docs.len()));
    println!("  lines {line_count} of {}, {:.1} %", lines.len(), percent(line_count, lines.len()));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines are small")]
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

fn opens_with_question(text: &str) -> bool {
    let word = text.trim_start().split(|letter: char| !letter.is_alphabetic()).next();
    word.is_some_and(|word| QUESTION_WORDS.contains(&word))
}

/// Returns all texts, ordered by file and line.
fn all_docs(root: &Path) -> anyhow::Result<Vec<Doc>> {
    let mut files = Vec::new();
    for folder in ["crates", "migrations", "tests"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut docs = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        let file = file.strip_prefix(root).unwrap_or(&file).to_owned();
        docs.extend(doc_comments(&text).into_iter().map(|(line, text)| Doc {
            file: file.clone(),
            line,
            text,
        }));
    }
    let schema = fs::read_to_string(root.join("schema.graphql"))?;
    let described = descriptions(&schema).into_iter();
    docs.extend(described.map(|(line, text)| Doc { file: "schema.graphql".into(), line, text }));
    Ok(docs)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("target") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// Returns the doc comments of Rust source with their line numbers. Adjacent lines with the same mark are
/// one text.
fn doc_comments(source: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut mark_before = "";
    for (index, line) in source.lines().enumerate() {
        let line = line.trim_start();
        // Four slashes start an ordinary comment.
        let mark =
            ["///", "//!"].into_iter().find(|mark| line.starts_with(mark) && !line.starts_with("////"));
        let Some(mark) = mark else {
            mark_before = "";
            continue;
        };
        let text = line[mark.len()..].trim();
        match found.last_mut() {
            Some((_, doc)) if mark == mark_before => {
                doc.push('\n');
                doc.push_str(text);
            }
            _ => found.push((index + 1, text.to_owned())),
        }
        mark_before = mark;
    }
    found
}

/// Returns the descriptions of a GraphQL schema with their line numbers. The printed schema uses block
/// strings only.
fn descriptions(schema: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (index, line) in schema.lines().enumerate() {
        let line = line.trim();
        if line == "\"\"\"" {
            is_open = !is_open;
            if is_open {
                found.push((index + 2, String::new()));
            }
        } else if let Some(text) = line.strip_prefix("\"\"\"").and_then(|rest| rest.strip_suffix("\"\"\"")) {
            found.push((index + 1, text.to_owned()));
        } else if let (true, Some((_, text))) = (is_open, found.last_mut()) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_doc_lines_are_one_text() {
        let source =
            "//! A module.\n//! More.\n\n/// One.\nfn a() {}\n    /// Two.\n//// Not this.\n// Nor this.\n";
        let expected = [(1, "A module.\nMore."), (4, "One."), (6, "Two.")];
        assert_eq!(doc_comments(source), expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn descriptions_are_found_on_one_line_and_on_several() {
        let schema = "\"\"\"\nA type.\nMore.\n\"\"\"\ntype A {\n  \"\"\"A field.\"\"\"\n  b: Int!\n}\n";
        let expected = [(2, "A type.\nMore."), (6, "A field.")];
        assert_eq!(descriptions(schema), expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn a_question_word_counts_as_a_whole_word_at_the_start() {
        for (text, is_question) in [
            ("What it takes.", true),
            ("Where?", true),
            ("Whatever.", false),
            ("The size. What else.", false),
            ("what", false),
            ("", false),
        ] {
            assert_eq!(opens_with_question(text), is_question, "{text}");
        }
    }

    #[test]
    fn the_repository_has_texts_in_code_and_schema() {
        let docs = all_docs(&crate::repository()).unwrap();
        for file in ["schema.graphql", "crates/xtask/src/docs_sample.rs"] {
            assert!(docs.iter().any(|doc| doc.file == Path::new(file)), "{file}");
        }
    }
}
