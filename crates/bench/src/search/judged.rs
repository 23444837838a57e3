//! Judged queries, and the quality of results.

use std::fmt;

use anyhow::Context;
use passerelle_search::HitKey;

/// Number of hits that are judged: a first page.
pub(super) const HITS: usize = 10;

/// A query and its expected hits, the best one first.
pub(super) struct JudgedQuery {
    pub(super) text: String,
    expected: Vec<String>,
}

/// Mean quality of the results.
#[derive(Default)]
pub(super) struct Quality {
    gain: f64,
    recall: f64,
    count: usize,
}

/// Reads a list: `query | expected expected`.
pub(super) fn read(list: &str) -> anyhow::Result<Vec<JudgedQuery>> {
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let judged = |line: &str| {
        let (text, expected) = line.split_once('|').with_context(|| format!("no judgement: {line}"))?;
        let expected = expected.split_whitespace().map(str::to_owned).collect();
        Ok(JudgedQuery { text: text.trim().to_owned(), expected })
    };
    lines.map(judged).collect()
}

/// Returns the name of a hit in the list: the number of a measure, the path of a category, or kind and key.
/// The language comes first if the plan is not in French.
pub(super) fn name_of(node: &HitKey) -> String {
    match node {
        HitKey::Measure(key) => of_plan(key.as_str(), '#'),
        HitKey::Category(_, key) => of_plan(key.as_str(), '/'),
        HitKey::Page(key) => format!("page:{key}"),
        HitKey::SupportService(key, _) => format!("service:{key}"),
    }
}

/// Returns the name of an object of a plan.
pub(super) fn of_plan(key: &str, separator: char) -> String {
    let (plan, name) = key.split_once(separator).unwrap_or(("", key));
    if plan.rsplit('.').next() == Some("fr") { name.to_owned() } else { format!("{plan}:{name}") }
}

impl Quality {
    /// Adds a result. Returns the missing hits, if any.
    pub(super) fn add(&mut self, query: &JudgedQuery, found: &[String]) -> Option<String> {
        let gain = |name: &String| match query.expected.iter().position(|expected| expected == name) {
            // The best hit counts three times as much as the others.
            Some(0) => 3.0,
            Some(_) => 1.0,
            None => 0.0,
        };
        let discounted = |names: &[String]| -> f64 {
            let ranks = (2_u32..).map(|rank| f64::from(rank).log2());
            names.iter().take(HITS).zip(ranks).map(|(name, rank)| gain(name) / rank).sum()
        };
        let missing: Vec<&String> =
            query.expected.iter().filter(|expected| !found.contains(expected)).collect();
        self.gain += discounted(found) / discounted(&query.expected);
        self.recall += 1.0 - as_f64(missing.len()) / as_f64(query.expected.len());
        self.count += 1;
        (!missing.is_empty()).then(|| format!("{missing:?}"))
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = as_f64(self.count.max(1));
        write!(f, "{:>8.3} {:>10.3}", self.gain / count, self.recall / count)
    }
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
