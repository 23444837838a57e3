//! Rows of the table `diagnostic`.

use passerelle_model::diagnostic::{Diagnostic, DiagnosticCode, Severity};
use passerelle_model::key::DocumentKey;
use passerelle_model::position::Position;

use crate::column::RowContext;
use crate::entity::diagnostic;
use crate::error::StorageError;

pub(crate) fn to_diagnostic(row: diagnostic::Model) -> Result<Diagnostic, StorageError> {
    let context = RowContext { table: "diagnostic", key: &row.document_key };
    let line: Option<u32> = row.line.map(|line| context.convert_integer("line", line)).transpose()?;
    let column: Option<u32> =
        row.column.map(|column| context.convert_integer("column", column)).transpose()?;
    Ok(Diagnostic {
        severity: context.parse_text("severity", &row.severity, Severity::from_name)?,
        code: context.parse_text("code", &row.code, |code| DiagnosticCode::parse(code).ok())?,
        message: row.message,
        position: line.map(|line| Position { line, column: column.unwrap_or(1) }),
        excerpt: row.excerpt,
        suggestion: row.suggestion,
    })
}

pub(crate) fn from_diagnostic(
    document: &DocumentKey,
    diagnostic: &Diagnostic,
) -> Result<diagnostic::Model, StorageError> {
    let context = RowContext { table: "diagnostic", key: document.as_str() };
    Ok(diagnostic::Model {
        id: 0,
        document_key: document.to_string(),
        severity: diagnostic.severity.name().to_owned(),
        code: diagnostic.code.to_string(),
        message: diagnostic.message.clone(),
        line: diagnostic
            .position
            .map(|position| context.convert_integer("line", position.line))
            .transpose()?,
        column: diagnostic
            .position
            .map(|position| context.convert_integer("column", position.column))
            .transpose()?,
        excerpt: diagnostic.excerpt.clone(),
        suggestion: diagnostic.suggestion.clone(),
    })
}
