//! Enums of the schema. Each one converts from and to the enum of the domain with the same variants.

use async_graphql::Enum;
use passerelle_model::{change, diagnostic, document, interval, language, page, plan, sync};

/// Language of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "language::Language")]
pub(crate) enum Language {
    /// French (`fr`).
    Fr,
    /// Dutch (`nl`).
    Nl,
    /// German (`de`).
    De,
    /// English (`en`).
    En,
}

/// Level of a category in the tree of a plan, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::CategoryLevel")]
pub(crate) enum CategoryLevel {
    /// Top level, for example `AXE 2: Partager l’eau`.
    Axis,
    /// Second level, for example `3. Décider ensemble`.
    Objective,
    /// Third level, for example `b. Entretenir autrement`.
    Section,
    /// Lowest level: measures below a heading without a label.
    Group,
}

/// Normalised status of a measure. `statusText` has the words of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "plan::MeasureStatus")]
pub(crate) enum MeasureStatus {
    /// Work has not started. In documents: `À faire`.
    NotStarted,
    /// Work has started. In documents: `En cours`.
    InProgress,
    /// Work is finished. In documents: `Réalisé`.
    Completed,
    /// Work is behind schedule. In documents: `En retard`.
    Late,
    /// Work is moved to a later date. In documents: `Reporté`.
    Postponed,
    /// The measure was given up. In documents: `Abandonné` or `Annulé`.
    Cancelled,
    /// The measure became part of another measure. In documents: `Fusionné`.
    Merged,
    /// The measure no longer belongs to the plan.
    OutOfScope,
    /// The document states no status, or one that the service does not recognise. `statusText` has its words.
    Undefined,
}

/// Kind of content in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "document::DocumentKind")]
pub(crate) enum DocumentKind {
    /// Plan with measures.
    Plan,
    /// Page of the site.
    Page,
    /// Page that describes a support service.
    SupportService,
    /// Contract of a folder, `NAME.schema.yaml`. See `collections`.
    Contract,
    /// The kind could not be recognised, for example because the file is damaged.
    Unknown,
}

/// Result of reading the latest version of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "document::DocumentState")]
pub(crate) enum DocumentState {
    /// The latest version is published.
    Published,
    /// The latest version has errors and is not published. The last accepted version stays published, if
    /// there is one.
    Rejected,
    /// The latest version, or the removal of the file, would remove a large part of the content. It is held
    /// until an editor or an operator confirms it. The last accepted version stays published.
    Held,
    /// The document is a draft, because of `draft: true`, `published: false`, `status: draft` or a date in
    /// the future. No version is published. A document with a date is published on that date.
    Draft,
    /// The file is no longer in the folder. `documents` does not return such documents.
    #[graphql(name = "IGNORED")]
    Removed,
}

/// Severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diagnostic::Severity")]
pub(crate) enum Severity {
    /// Information for the editor. The whole document is published.
    Notice,
    /// Part of the document was not understood. The rest is published.
    Warning,
    /// The latest version is not published. The last accepted version stays published, if there is one.
    Error,
}

/// Method to detect changes in the content folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::WatchMode")]
pub(crate) enum WatchMode {
    /// The operating system reports changes.
    Native,
    /// The service scans the folder periodically. Used for file systems that do not report changes, such as
    /// NFS.
    Polling,
}

/// Kind of a problem that prevents the service from publishing the whole folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::ProblemKind")]
pub(crate) enum SyncProblemKind {
    /// The content folder does not exist or cannot be read.
    FolderMissing,
    /// The content folder is empty and was not empty before. Probably it is not mounted.
    FolderEmpty,
    /// Most documents disappeared at once. Their removal is held until an editor or an operator confirms
    /// it.
    MassRemoval,
    /// The database cannot be read or written, for example because the disk is full.
    #[graphql(name = "DATABASE_UNAVAILABLE")]
    Storage,
    /// Synchronisation failed for another reason. It is retried.
    #[graphql(name = "WORKER_FAILED")]
    Failed,
    /// No process synchronises the content folder. The last published content stays available.
    NoLeader,
    /// A file or subfolder cannot be read, usually because of its permissions.
    Unreadable,
    /// A subfolder is nested too deeply. Its files are ignored.
    #[graphql(name = "FOLDER_TOO_DEEP")]
    TooDeep,
    /// The operating system cannot report changes of a subfolder. It is scanned every 2 seconds instead.
    #[graphql(name = "FOLDER_NOT_WATCHED")]
    Unwatched,
    /// The name of a file or subfolder is not valid UTF-8. It is ignored.
    NameNotUtf8,
    /// The name of a file or subfolder is too long or contains control characters. It is ignored.
    NameInvalid,
    /// Two names differ only in case or in the encoding of accents. The first one in byte order is published.
    #[graphql(name = "NAME_CONFLICT")]
    NameTwice,
    /// A symbolic link. It is ignored.
    #[graphql(name = "SYMBOLIC_LINK")]
    Link,
    /// A pipe, a socket or a device. It is ignored.
    SpecialFile,
}

/// Part of a process in the synchronisation. Several processes can serve one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::SyncRole")]
pub(crate) enum SyncRole {
    /// The process reads the content folder and publishes its changes. One process at a time leads.
    Leader,
    /// The process serves the content that the leader publishes.
    Follower,
}

/// State of the synchronisation with the content folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "sync::SyncState")]
pub(crate) enum SyncState {
    /// All known changes of the folder are published.
    Idle,
    /// Changes of the folder are being read or published.
    Syncing,
    /// The folder cannot be read or watched completely. The last published content stays available.
    Degraded,
}

/// Sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_storage::query_index::Direction")]
pub(crate) enum OrderDirection {
    /// Ascending: smallest number, earliest time or first letter first.
    #[graphql(name = "ASC")]
    Ascending,
    /// Descending: largest number, latest time or last letter first.
    #[graphql(name = "DESC")]
    Descending,
}

/// Kind of an object that has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_storage::RouteKind")]
pub(crate) enum RouteKind {
    /// Page that describes no support service.
    Page,
    /// Plan with measures.
    Plan,
    /// Category of a plan.
    Category,
    /// Measure of a plan.
    Measure,
    /// Support service, at the address of its page.
    SupportService,
}

/// Kind of the target of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "page::LinkKind")]
pub(crate) enum LinkKind {
    /// Page of the site, for example `/fr/contact`.
    Internal,
    /// Address on another site, for example `https://example.org`.
    External,
    /// File in the content folder, for example a PDF.
    File,
    /// E-mail address, for example `mailto:info@example.org`.
    Email,
    /// Heading of the same page, for example `#horaires`.
    Anchor,
    /// Telephone number, for example `tel:+3221234567`.
    Phone,
}

/// Kind of a change in the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "change::ChangeKind")]
pub(crate) enum ChangeKind {
    /// A measure was added to a plan.
    MeasureAdded,
    /// A measure was removed from a plan.
    MeasureRemoved,
    /// A field of a measure changed, other than its status.
    MeasureChanged,
    /// The status of a measure changed. `before` and `after` are values of `MeasureStatus`.
    StatusChanged,
    /// A page was added.
    PageAdded,
    /// A page was removed.
    PageRemoved,
    /// A field or the content of a page changed.
    PageChanged,
    /// A support service was added.
    ServiceAdded,
    /// A support service was removed.
    ServiceRemoved,
    /// Any field of a support service changed. `field` is null.
    ServiceChanged,
    /// A plan was added. There are no separate changes for its measures.
    PlanAdded,
    /// A plan was removed. There are no separate changes for its measures.
    PlanRemoved,
    /// A field of a plan or of one of its categories changed. `node` is the plan or the category.
    PlanChanged,
    /// A document was rejected or held. If it was held, `field` is `state` and `after` is `HELD`.
    DocumentRejected,
    /// Changes up to this revision are no longer available. Refetch your data.
    Resync,
}

/// Time between two points of `progressOverTime`. Days, weeks and months begin at midnight UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "interval::Interval")]
pub(crate) enum ProgressInterval {
    /// One point per day.
    Day,
    /// One point per week. Weeks start on Monday.
    Week,
    /// One point per calendar month.
    Month,
}
