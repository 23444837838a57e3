//! What changed, and when.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use passerelle_storage::{ChangeLogEntry, StatusChange};

use super::enums::ChangeKind;
use super::progress::saturate;
use super::{DateTime, DocumentObject, MeasureStatus, Node, ProgressObject};
use crate::error::ApiError;
use crate::input::NodeId;

/// A change.
#[derive(Clone)]
pub(crate) struct ChangeObject(pub(crate) Arc<ChangeLogEntry>);

/// One line of the log of changes. Changes are told in the order in which they were published.
#[Object(name = "Change")]
impl ChangeObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Change(self.0.position()).id()
    }

    /// The number of the revision that it is part of: give the last one that you know as `since`.
    fn revision(&self) -> i32 {
        saturate(self.0.revision.number.get())
    }

    /// When that was published.
    fn at(&self) -> DateTime {
        DateTime(self.0.revision.at)
    }

    /// What kind of change.
    fn kind(&self) -> ChangeKind {
        self.0.kind.into()
    }

    /// What changed, as it is at the revision of this response; null where it is not served any more.
    async fn node(&self, ctx: &Context<'_>) -> Option<Result<Node, ApiError>> {
        let id = NodeId::of(self.0.node.as_ref()?);
        Node::find(ctx, id).await.transpose()
    }

    /// The field that changed, by its name in this schema; null where the whole thing came or went. A category is told
    /// by its path.
    fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The field before: a status by its name, a category by its path. Of a thing that is gone what it was called, of a
    /// measure with its number. The content of a page is not repeated.
    fn before(&self) -> Option<&str> {
        self.0.before.as_deref()
    }

    /// The field after. Of a thing that is new what it is called.
    fn after(&self) -> Option<&str> {
        self.0.after.as_deref()
    }
}

/// A status that a measure got.
#[derive(SimpleObject)]
#[graphql(name = "StatusChange")]
pub(crate) struct StatusChangeObject {
    /// The status before; null for the first that is known.
    from: Option<MeasureStatus>,
    /// The status from then on.
    to: MeasureStatus,
    /// When it was published.
    at: DateTime,
    /// The number of the revision.
    revision: i32,
    /// The document that says so.
    document: DocumentObject,
}

impl StatusChangeObject {
    /// A status that a measure of a document got.
    pub(crate) fn new(change: &StatusChange, document: DocumentObject) -> Self {
        Self {
            from: change.from.map(Into::into),
            to: change.to.into(),
            at: DateTime(change.revision.at),
            revision: saturate(change.revision.number.get()),
            document,
        }
    }
}

/// How far a plan was at an instant.
#[derive(SimpleObject)]
pub(crate) struct ProgressPoint {
    /// The end of the interval; the newest revision where that is earlier.
    at: DateTime,
    /// How far the plan was then.
    progress: ProgressObject,
}

impl From<passerelle_storage::ProgressPoint> for ProgressPoint {
    fn from(point: passerelle_storage::ProgressPoint) -> Self {
        Self { at: DateTime(point.at), progress: ProgressObject(point.progress) }
    }
}
