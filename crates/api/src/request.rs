//! Checks of a GraphQL request before its execution.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Name, Request, ServerError, Variables};
use passerelle_model::checksum::Checksum;
use serde_json::{Map, Value};

use crate::document_access::DocumentAccess;
use crate::document_store::{DocumentSource, DocumentStore};
use crate::error_code::ErrorCode;
use crate::limits::Limits;
use crate::query_limits::{self, Prices, QueryComplexity};
use crate::request_params::RequestParams;
use crate::response::GraphqlResponse;
use crate::value_check::{InputTypes, check_values};

/// Kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Reads the content at one revision.
    Query,
    /// Not in the schema. Such an operation is rejected.
    Mutation,
    /// Sends one response for each event.
    Subscription,
}

impl From<OperationType> for OperationKind {
    fn from(operation: OperationType) -> Self {
        match operation {
            OperationType::Query => Self::Query,
            OperationType::Mutation => Self::Mutation,
            OperationType::Subscription => Self::Subscription,
        }
    }
}

/// Request whose document is found but not yet checked.
pub struct IdentifiedRequest {
    source: DocumentSource,
    operation_name: Option<String>,
    variables: Map<String, Value>,
    /// Checksum of the document, the operation name and the variables. It is the key of the response cache.
    pub checksum: Checksum,
}

/// Operation that passed all checks.
pub struct Operation {
    pub(crate) request: Request,
    /// Query, mutation or subscription.
    pub operation_type: OperationKind,
    /// Name in the document. `None` for an operation without a name.
    pub name: Option<String>,
    /// Complexity of the operation.
    pub complexity: QueryComplexity,
    /// Checksum of the document.
    pub document: Checksum,
    pub(crate) document_access: DocumentAccess,
}

impl Operation {
    /// Returns the error for a mutation. The engine reports the missing root type once per rule that needs
    /// it.
    pub(crate) fn mutation_error(&self) -> Option<GraphqlResponse> {
        if self.operation_type != OperationKind::Mutation {
            return None;
        }
        let message = "The schema has no mutations: content changes only in the content folder.";
        Some(GraphqlResponse::rejected(ErrorCode::ValidationFailed, ServerError::new(message, None)))
    }
}

impl RequestParams {
    /// Finds the document of the request and computes the cache key.
    pub(crate) fn identify(
        mut self,
        documents: &DocumentStore,
    ) -> Result<IdentifiedRequest, GraphqlResponse> {
        let source = documents.resolve(&mut self)?;
        let Self { operation_name, variables, .. } = self;
        // Some clients send an empty name for an operation without a name.
        let operation_name = operation_name.filter(|name| !name.is_empty());
        let variables = variables.unwrap_or_default();
        let mut request_bytes = source.checksum().as_bytes().to_vec();
        request_bytes.extend(operation_name.as_deref().unwrap_or_default().bytes().chain([0]));
        if !variables.is_empty() {
            // Writing values as JSON to memory does not fail.
            drop(serde_json::to_writer(&mut request_bytes, &variables));
        }
        Ok(IdentifiedRequest { source, operation_name, variables, checksum: Checksum::of(&request_bytes) })
    }
}

impl IdentifiedRequest {
    /// Parses the document, selects the operation and checks it against the limits.
    pub(crate) fn into_operation(
        self,
        documents: &DocumentStore,
        prices: Prices<'_>,
        input_types: &InputTypes,
        limits: &Limits,
        document_access: DocumentAccess,
    ) -> Result<Operation, GraphqlResponse> {
        let document = documents.parse(self.source)?;
        let variables = Variables::from_json(Value::Object(self.variables));
        let (name, operation) = select_operation(&document.parsed, self.operation_name.as_deref())?;
        let complexity =
            query_limits::check_complexity(&document.parsed, operation, &variables, prices, limits)?;
        check_required_variables(operation, &variables)?;
        check_values(&document.parsed, operation, &variables, input_types)?;
        let (name, operation_type) = (name.map(ToString::to_string), OperationKind::from(operation.ty));
        let mut request = Request::new("").variables(variables);
        if let Some(name) = &name {
            request = request.operation_name(name);
        }
        request.set_parsed_query(document.parsed.clone());
        let document = document.checksum;
        Ok(Operation { request, operation_type, name, complexity, document, document_access })
    }
}

/// Selects the operation with this name, or the only operation of the document.
fn select_operation<'a>(
    document: &'a ExecutableDocument,
    operation_name: Option<&str>,
) -> Result<(Option<&'a Name>, &'a OperationDefinition), GraphqlResponse> {
    let unresolved = |message: String| {
        Err(GraphqlResponse::rejected(ErrorCode::OperationResolutionFailure, ServerError::new(message, None)))
    };
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => Ok((None, &operation.node)),
        (DocumentOperations::Multiple(operations), Some(operation_name)) => {
            match operations.iter().find(|(name, _)| name.as_str() == operation_name) {
                Some((name, operation)) => Ok((Some(name), &operation.node)),
                None => unresolved(format!("The document has no operation named {operation_name:?}.")),
            }
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.iter();
            match (operations.next(), operations.next()) {
                (Some((name, operation)), None) => Ok((Some(name), &operation.node)),
                _ => unresolved("The document has several operations. Set `operationName`.".to_owned()),
            }
        }
        (DocumentOperations::Single(_), Some(operation_name)) => {
            unresolved(format!("The document has no operation named {operation_name:?}."))
        }
    }
}

/// Rejects a request that lacks a required variable.
fn check_required_variables(
    operation: &OperationDefinition,
    given: &Variables,
) -> Result<(), GraphqlResponse> {
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        let is_required = !definition.node.var_type.node.nullable && definition.node.default_value.is_none();
        let is_given = given.get(name).is_some_and(|value| *value != async_graphql::Value::Null);
        if is_required && !is_given {
            let message = format!("The variable ${name} is required but was not provided.");
            let error = ServerError::new(message, Some(definition.pos));
            return Err(GraphqlResponse::rejected(ErrorCode::BadUserInput, error));
        }
    }
    Ok(())
}
