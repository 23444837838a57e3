//! GraphQL requests out of HTTP requests.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Name, Pos, Request, ServerError, Variables};
use http::StatusCode;
use passerelle_model::checksum::Checksum;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::code::Code;
use crate::documents::{Documents, Meant, PersistedHash};
use crate::guard::{self, Prices, Tally};
use crate::limits::Limits;

/// The parameters of a request, by the GraphQL-over-HTTP text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    pub(crate) query: Option<String>,
    pub(crate) document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

/// What a request asks for, before its document was looked at.
pub struct Asked {
    meant: Meant,
    operation_name: Option<String>,
    variables: Map<String, Value>,
    /// The identity of the document, the operation's name and the variables.
    pub key: Checksum,
}

/// An operation that may be executed.
pub struct Operation {
    pub(crate) request: Request,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// The name in the document. None for an operation without a name.
    pub name: Option<String>,
    /// What it comes to.
    pub tally: Tally,
    /// The identity of its document.
    pub document: Checksum,
}

impl Params {
    /// Whether there is a document, or the name of one.
    pub fn names_a_document(&self) -> bool {
        let is_persisted = |extensions: &Map<String, Value>| extensions.contains_key("persistedQuery");
        self.query.is_some()
            || self.document_id.is_some()
            || self.extensions.as_ref().is_some_and(is_persisted)
    }

    /// The hash of an automatic persisted query.
    pub(crate) fn persisted_hash(&self) -> Result<Option<PersistedHash>, Answer> {
        let given = self.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery"));
        let Some(given) = given.filter(|given| !given.is_null()) else { return Ok(None) };
        let hash = given["sha256Hash"].as_str().and_then(PersistedHash::parse);
        match hash {
            Some(hash) if given["version"] == 1 => Ok(Some(hash)),
            _ => Err(malformed(
                "`extensions.persistedQuery` is `{\"version\": 1, \"sha256Hash\": \"…\"}`, with 64 hexadecimal digits.",
            )),
        }
    }

    /// What is asked for.
    pub(crate) fn asked(mut self, documents: &Documents) -> Result<Asked, Answer> {
        let meant = documents.meant(&mut self)?;
        let Self { operation_name, variables, .. } = self;
        let variables = variables.unwrap_or_default();
        let mut identity = meant.checksum().as_bytes().to_vec();
        identity.extend(operation_name.as_deref().unwrap_or_default().bytes().chain([0]));
        if !variables.is_empty() {
            // Writing values as JSON to memory does not fail.
            drop(serde_json::to_writer(&mut identity, &variables));
        }
        Ok(Asked { meant, operation_name, variables, key: Checksum::of(&identity) })
    }
}

impl Asked {
    /// The operation, after everything was refused that may not be executed.
    pub(crate) fn operation(
        self,
        documents: &Documents,
        prices: &Prices,
        limits: &Limits,
    ) -> Result<Operation, Answer> {
        let prepared = documents.prepared(self.meant)?;
        let variables = Variables::from_json(Value::Object(self.variables));
        let (name, operation) = find(&prepared.parsed, self.operation_name.as_deref())?;
        let tally = guard::assert_bounded(&prepared.parsed, operation, &variables, prices, limits)?;
        assert_variables(operation, &variables)?;
        let (name, kind) = (name.map(ToString::to_string), operation.ty);
        let mut request = Request::new("").variables(variables);
        if let Some(name) = &name {
            request = request.operation_name(name);
        }
        request.set_parsed_query(prepared.parsed.clone());
        Ok(Operation { request, kind, name, tally, document: prepared.checksum })
    }
}

/// The named operation, or the only one.
fn find<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'a Name>, &'a OperationDefinition), Answer> {
    let unresolved = |message: String| {
        Err(Answer::refused(Code::OperationResolutionFailure, ServerError::new(message, None)))
    };
    match (&document.operations, wanted) {
        (DocumentOperations::Single(operation), None) => Ok((None, &operation.node)),
        (DocumentOperations::Multiple(operations), Some(wanted)) => {
            match operations.iter().find(|(name, _)| name.as_str() == wanted) {
                Some((name, operation)) => Ok((Some(name), &operation.node)),
                None => unresolved(format!("The document has no operation named {wanted:?}.")),
            }
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.iter();
            match (operations.next(), operations.next()) {
                (Some((name, operation)), None) => Ok((Some(name), &operation.node)),
                _ => {
                    unresolved("The document has several operations: name one as `operationName`.".to_owned())
                }
            }
        }
        (DocumentOperations::Single(_), Some(wanted)) => {
            unresolved(format!("The document has no operation named {wanted:?}."))
        }
    }
}

/// A variable that must be given and is not makes a request that is not executed.
fn assert_variables(operation: &OperationDefinition, given: &Variables) -> Result<(), Answer> {
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        let is_required = !definition.node.var_type.node.nullable && definition.node.default_value.is_none();
        let is_given = given.get(name).is_some_and(|value| *value != async_graphql::Value::Null);
        if is_required && !is_given {
            let message = format!("The variable ${name} is required and was not given.");
            let error = ServerError::new(message, Some(definition.pos));
            return Err(Answer::refused(Code::BadUserInput, error));
        }
    }
    Ok(())
}

fn malformed(message: impl Into<String>) -> Answer {
    Answer::failed(StatusCode::BAD_REQUEST, Code::BadRequest, message)
}

/// The parser draws the place with lines and arrows; a client wants a sentence, and has the place in `locations`.
pub(crate) fn in_one_sentence(error: ServerError) -> ServerError {
    let last = error.message.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let what = last.trim().trim_start_matches('=').trim().to_owned();
    let at: Option<Pos> = error.locations.first().copied();
    let place = at.map(|at| format!(" at line {}, column {}", at.line, at.column)).unwrap_or_default();
    ServerError { message: format!("Syntax error{place}: {what}."), ..error }
}
