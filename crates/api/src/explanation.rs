//! How an answer was made, for whoever writes a query: `GraphQL-Explain: 1`, where an operator allows it.

use std::time::Duration;

use passerelle_storage::Ran;
use serde::Serialize;

use crate::guard::Tally;

/// How an answer was made. Stands under `extensions.explain`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// By the rules of the guard.
    cost: usize,
    depth: usize,
    selections: usize,
    /// What an operation without this header would have met: `hit`, `miss`, or `pass` where the answer is not kept.
    cache: &'static str,
    /// How often loaders asked for many things at once.
    batches: usize,
    statements: Vec<Statement>,
    took_micros: u128,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    sql: String,
    took_micros: u128,
}

impl Explanation {
    /// What is known of an answer.
    pub(crate) fn new(
        tally: Tally,
        cache: &'static str,
        batches: usize,
        statements: Vec<Ran>,
        took: Duration,
    ) -> Self {
        let statement = |ran: Ran| Statement { sql: ran.sql, took_micros: ran.took.as_micros() };
        Self {
            cost: tally.cost,
            depth: tally.depth,
            selections: tally.selections,
            cache,
            batches,
            statements: statements.into_iter().map(statement).collect(),
            took_micros: took.as_micros(),
        }
    }
}
