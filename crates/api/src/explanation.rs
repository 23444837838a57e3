//! Report on the execution of a request. Clients request it with `GraphQL-Explain: 1` if the operator allows
//! it.

use std::time::Duration;

use passerelle_storage::ExecutedStatement;
use serde::Serialize;

use crate::query_limits::QueryComplexity;

/// Report on the execution of a request, in `extensions.explain`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Complexity of the operation, as the limits count it.
    cost: usize,
    depth: usize,
    selections: usize,
    /// Cache status of the request without this header: `hit`, `miss`, or `bypass` if the response is not
    /// cacheable.
    cache: &'static str,
    /// Number of loader batches.
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
    /// Creates the report of a response.
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
