//! Parses the documents that editors drop into the folder: bytes in, content and diagnostics out.
//!
//! The path of one document through the crate:
//!
//! 1. [`read::read`] is the entry point. It calls the steps below in this order.
//! 2. [`decode`] converts the bytes to text. It accepts UTF-8 and Windows-1252.
//! 3. [`mod@front_matter`] separates the YAML header from the body and parses it.
//! 4. [`folder_defaults`] adds the default fields of the document's folders (`trainings/trainings.yaml`).
//! 5. [`kind`] detects whether the document is a plan, a page or a page about a support service.
//! 6. [`plan`] parses a plan, also from the rows of a CSV or Excel file. [`folder_plan`] parses a plan
//!    with one file per measure. [`mod@page`] parses a page and uses [`markdown`] to render its text.
//!    [`service`] extracts the facts of a support service from a parsed page.
//!
//! The result is a [`ParsedDocument`](passerelle_model::reading::ParsedDocument). Its content is `None` if a
//! diagnostic of severity error was found.
//!
//! **Architecture invariant:** the crate does no I/O, is not async and does not depend on the ORM or on
//! GraphQL. The same bytes, path and options give the same result on every machine and at any time.

mod contract;
pub mod decode;
mod diagnostics;
mod draft;
pub mod folder_defaults;
pub mod folder_plan;
pub mod front_matter;
pub mod kind;
mod locate;
pub mod markdown;
pub mod page;
pub mod plan;
pub mod read;
pub mod service;
mod sheet;
mod source;
