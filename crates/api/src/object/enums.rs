//! The closed sets of the schema, each the twin of one of the domain.

use async_graphql::Enum;
use passerelle_model::{change, diagnostic, interval, language, manifest, page, plan, sync};

/// The languages of the country, and English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "language::Language")]
pub(crate) enum Language {
    /// French.
    Fr,
    /// Dutch.
    Nl,
    /// German.
    De,
    /// English.
    En,
}

/// The levels of a plan's tree, from the trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::CategoryLevel")]
pub(crate) enum CategoryLevel {
    /// An axis: `AXE 2: …`.
    Axis,
    /// An objective: `3. …`.
    Objective,
    /// A section: `b. …`.
    Section,
    /// A group of measures inside a section, without a label.
    Group,
}

/// How far a measure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::MeasureStatus")]
pub(crate) enum MeasureStatus {
    /// Not begun: `À faire`.
    NotStarted,
    /// Under way: `En cours`.
    InProgress,
    /// Done: `Réalisé`.
    Completed,
    /// Behind its time: `En retard`.
    Late,
    /// Put off: `Reporté`.
    Postponed,
    /// Given up: `Abandonné`, `Annulé`.
    Cancelled,
    /// Taken into another measure: `Fusionné`.
    Merged,
    /// No longer part of the plan.
    OutOfScope,
    /// Written in a way that is not understood; `statusText` has the words.
    Undefined,
}

/// What a document holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "manifest::DocumentKind")]
pub(crate) enum DocumentKind {
    /// A plan with its measures.
    Plan,
    /// A page.
    Page,
    /// A page that describes a support service.
    SupportService,
    /// It could not be read far enough to tell.
    Unknown,
}

/// What became of a document's newest bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "manifest::DocumentState")]
pub(crate) enum DocumentState {
    /// They are served.
    Published,
    /// They were refused; the last good version, if there is one, is served.
    Rejected,
    /// They wait for a person's word; the last good version is served.
    Held,
    /// They are no document after all.
    Ignored,
}

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diagnostic::Severity")]
pub(crate) enum Severity {
    /// Worth knowing; nothing is lost.
    Notice,
    /// Something was not understood; the rest is served.
    Warning,
    /// The document is refused and its last good version is served.
    Error,
}

/// How changes in the folder come to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::WatchMode")]
pub(crate) enum WatchMode {
    /// The operating system tells.
    Native,
    /// The folder is looked at again and again.
    Polling,
}

/// What can stand between the folder and what is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::ProblemKind")]
pub(crate) enum SyncProblemKind {
    /// The folder is not there, or cannot be read.
    FolderMissing,
    /// The folder is empty and was not: it is not mounted, or another one.
    FolderEmpty,
    /// Most of the documents are gone at once, and wait for a person's word.
    MassRemoval,
    /// The database cannot be read or written.
    Storage,
    /// The worker failed for another reason.
    Failed,
    /// A folder or file cannot be looked at.
    Unreadable,
    /// A folder lies too deep.
    TooDeep,
    /// The system gives no notice of changes in a folder; it is looked at every two seconds.
    Unwatched,
    /// A name is not UTF-8.
    NameNotUtf8,
    /// A name cannot be that of a document.
    NameInvalid,
    /// Two names differ in case, or in how accents are spelt, and in nothing else. The first in the order of bytes is served.
    NameTwice,
    /// A link, which is not followed.
    Link,
    /// A pipe, a socket or a device.
    SpecialFile,
}

/// What the worker that keeps the service equal to the folder is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::SyncState")]
pub(crate) enum SyncState {
    /// Nothing is known to be different from the folder.
    Idle,
    /// Changes are being read or published.
    Syncing,
    /// The folder cannot be read or watched in full; the last good state is served.
    Degraded,
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_storage::query_index::Direction")]
pub(crate) enum OrderDirection {
    /// Smallest, oldest or first in the alphabet first.
    #[graphql(name = "ASC")]
    Ascending,
    /// Largest, newest or last in the alphabet first.
    #[graphql(name = "DESC")]
    Descending,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "page::LinkKind")]
pub(crate) enum LinkKind {
    /// A page of this service.
    Internal,
    /// Another site.
    External,
    /// A file.
    File,
    /// Somebody's mail.
    Email,
    /// A place in the same page.
    Anchor,
}

/// What kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "change::ChangeKind")]
pub(crate) enum ChangeKind {
    /// A measure is new.
    MeasureAdded,
    /// A measure is gone.
    MeasureRemoved,
    /// A field of a measure other than its status changed.
    MeasureChanged,
    /// The status of a measure changed.
    StatusChanged,
    /// A page is new.
    PageAdded,
    /// A page is gone.
    PageRemoved,
    /// A page changed.
    PageChanged,
    /// A support service is new.
    ServiceAdded,
    /// A support service is gone.
    ServiceRemoved,
    /// A support service changed.
    ServiceChanged,
    /// A plan is new, with all that it holds.
    PlanAdded,
    /// A plan is gone, with all that it held.
    PlanRemoved,
    /// A plan's own fields, or those of one of its categories, changed.
    PlanChanged,
    /// A document was refused, or waits for a person's word: then `field` is `state` and `after` is `HELD`.
    DocumentRejected,
    /// Changes until this revision are told no more, or were too many to be told: read again what you have read.
    Resync,
}

/// How far apart the points of a course of time are, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "interval::Interval")]
pub(crate) enum Interval {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A calendar month.
    Month,
}
