//! How a response was made, for whoever writes a query: `GraphQL-Explain: 1`, where an operator allows it.

use std::time::Duration;

use passerelle_storage::ExecutedStatement;
use serde::Serialize;

use crate::query_limits::QueryComplexity;

/// How a response was made. Stands under `extensions.explain`.
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
    /// What is known of a response.
    pub(crate) fn new(
        complexity: QueryComplexity,
        cache: &'static str,
        batches: usize,
        statements: Vec<ExecutedStatement>,
        elapsed: Duration,
    ) -> Self {
        let statement = |executed: ExecutedStatement| Statement {
            sql: executed.sql,
            took_micros: executed.elapsed.as_micros(),
        };
        Self {
            cost: complexity.cost,
            depth: complexity.depth,
            selections: complexity.selections,
            cache,
            batches,
            statements: statements.into_iter().map(statement).collect(),
            took_micros: elapsed.as_micros(),
        }
    }
}
