//! Object types of the history: `Change`, `StatusChange` and `ProgressPoint`.

use async_graphql::{Context, ID, Object, SimpleObject};
use passerelle_storage::StatusChange;

use super::enums::ChangeKind;
use super::progress::to_int;
use super::{ChangeObject, DateTime, DocumentObject, MeasureStatus, Node, ProgressObject};
use crate::context::counted_text;
use crate::error::ApiError;
use crate::input::NodeId;

/// Entry of the change log. Entries are ordered by revision, then by their order within the revision.
#[Object(name = "Change")]
impl ChangeObject {
    /// Global id of the entry, opaque.
    pub(crate) async fn id(&self) -> ID {
        NodeId::Change(self.0.position()).id()
    }

    /// Number of the revision that contains the change, for example `12`. Pass the last number that you have
    /// processed as `since` to continue from there.
    fn revision(&self) -> i32 {
        to_int(self.0.revision.number.get())
    }

    /// Time at which the revision was published.
    fn at(&self) -> DateTime {
        DateTime(self.0.revision.at)
    }

    /// Kind of the change, for example `STATUS_CHANGED`.
    fn kind(&self) -> ChangeKind {
        self.0.kind.into()
    }

    /// The changed object, as of the revision of this response. Null if the object no longer exists, and for
    /// `RESYNC`.
    async fn node(&self, ctx: &Context<'_>) -> Option<Result<Node, ApiError>> {
        let id = NodeId::of(self.0.node.as_ref()?);
        Node::find(ctx, id).await.transpose()
    }

    /// Name of the changed field in this schema, for example `status`. Null if the object was added or
    /// removed, if no single field can be named, and for `RESYNC`.
    fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The old value of the field. A status is written as in `MeasureStatus`, for example `IN_PROGRESS`. A
    /// category is written as its path, for example `2.6.b`. For a removed object, its title. For a removed
    /// measure, its number and title, for example `12. Planter des arbres`. Null if there is no old value,
    /// and for the field `content`.
    fn before(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.before.as_deref().map(|text| counted_text(ctx, text))
    }

    /// The new value of the field, in the format of `before`. For an added object, its title. For an added
    /// measure, its number and title. Null if there is no new value, and for the field `content`.
    fn after(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.after.as_deref().map(|text| counted_text(ctx, text))
    }
}

/// Change of the status of a measure.
#[derive(SimpleObject)]
#[graphql(name = "StatusChange")]
pub(crate) struct StatusChangeObject {
    /// The old status. Null for the first entry.
    from: Option<MeasureStatus>,
    /// The new status.
    to: MeasureStatus,
    /// Time at which the new status was published.
    at: DateTime,
    /// Number of the revision that contains the change, for example `12`.
    revision: i32,
    /// File that contains the plan of the measure.
    document: DocumentObject,
}

impl StatusChangeObject {
    /// Creates the object for a status change of a measure whose plan is in `document`.
    pub(crate) fn new(change: &StatusChange, document: DocumentObject) -> Self {
        Self {
            from: change.from.map(Into::into),
            to: change.to.into(),
            at: DateTime(change.revision.at),
            revision: to_int(change.revision.number.get()),
            document,
        }
    }
}

/// Progress of a plan at one point in time.
#[derive(SimpleObject)]
pub(crate) struct ProgressPoint {
    /// End of the interval in UTC. For the last interval, the time of the latest revision if that is earlier.
    at: DateTime,
    /// Progress of the plan at that time.
    progress: ProgressObject,
}

impl From<passerelle_storage::ProgressPoint> for ProgressPoint {
    fn from(point: passerelle_storage::ProgressPoint) -> Self {
        Self { at: DateTime(point.at), progress: ProgressObject(point.progress) }
    }
}
