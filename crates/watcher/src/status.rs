//! Reports of passes: for clients, for operators, and for the log.

pub(crate) mod log;
pub(crate) mod problem;
pub(crate) mod report;
