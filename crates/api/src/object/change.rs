//! Object types of the history: `Change`, `StatusChange` and `ProgressPoint`.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use passerelle_model::change::ChangedField;
use passerelle_storage::{ObjectAddress, StatusChange};

use super::affected_urls::affected_urls;
use super::enums::ChangeKind;
use super::progress::to_int;
use super::{ChangeObject, DateTime, DocumentObject, Language, MeasureStatus, Node, ProgressObject};
use crate::context::{global_id, load, revision_context, site_urls};
use crate::error::ApiError;
use crate::input::NodeId;
use crate::loader::AddressOfChange;
use crate::response_count::counted_text;

/// Entry of the change log. Entries are ordered by revision, then by their order within the revision.
#[Object(name = "Change")]
impl ChangeObject {
    /// Global id of the entry, opaque.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::Change(self.0.position()))
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
        let content = match revision_context(ctx) {
            Ok(content) => content,
            Err(error) => return Some(Err(error)),
        };
        Node::find(&content, id).await.transpose()
    }

    /// Global id of the changed object, also if it no longer exists. Null only for `RESYNC`.
    async fn node_id(&self, ctx: &Context<'_>) -> Option<Result<ID, ApiError>> {
        Some(global_id(ctx, &NodeId::of(self.0.node.as_ref()?)))
    }

    /// Address of the changed object after the change, for example `/fr/contact`. For a removed object,
    /// its last address. Null for `RESYNC` and for documents.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let address = self.address(ctx).await?;
        address.map(|address| site_urls(ctx).map(|urls| urls.for_object(&address))).transpose()
    }

    /// Addresses of the website that show what changed, at most 200, for example to build only these pages of
    /// a static site. For a measure: itself, its plan, categories, neighbours, parent, sub-measures and
    /// repeats. For the content of a page: itself and pages with lists of pages. Related pages and measures
    /// are not included. Null if any address can show it: another title or address, an object that was added
    /// or removed, `RESYNC`. Empty for a rejected document.
    async fn affected_urls(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>, ApiError> {
        affected_urls(ctx, &self.0).await
    }

    /// Slug of the changed page or support service after the change, or of the plan of the changed
    /// measure or category, for example `contact`. For a removed object, its last slug. Null for `RESYNC`
    /// and for documents.
    async fn slug(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.address(ctx).await?.map(|address| address.slug().to_string()))
    }

    /// Language of the changed object. Null for `RESYNC` and for documents.
    async fn lang(&self, ctx: &Context<'_>) -> Result<Option<Language>, ApiError> {
        Ok(self.address(ctx).await?.map(|address| address.lang().into()))
    }

    /// Number of the changed measure after the change, for example `12`. For a removed measure, its last
    /// number. Null for all other objects.
    async fn number(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(match self.address(ctx).await?.as_deref() {
            Some(ObjectAddress::Measure { number, .. }) => Some(to_int(*number)),
            _ => None,
        })
    }

    /// Name of the changed field in this schema, for example `status`. Null if the object was added or
    /// removed, if no single field can be named, and for `RESYNC`.
    fn field(&self) -> Option<&str> {
        self.0.field.map(field_name)
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

impl ChangeObject {
    /// Loads the parts of the address of the changed object.
    async fn address(&self, ctx: &Context<'_>) -> Result<Option<Arc<ObjectAddress>>, ApiError> {
        let Some(node) = self.0.node.clone() else { return Ok(None) };
        load(ctx, AddressOfChange(node, self.0.revision.number)).await
    }
}

/// Returns the name of a changed field in the schema.
fn field_name(field: ChangedField) -> &'static str {
    match field {
        ChangedField::Slug => "slug",
        ChangedField::Title => "title",
        ChangedField::Lang => "lang",
        ChangedField::Year => "year",
        ChangedField::Path => "path",
        ChangedField::Category => "category",
        ChangedField::Label => "label",
        ChangedField::Number => "number",
        ChangedField::Status => "status",
        ChangedField::StatusText => "statusText",
        ChangedField::Programme => "programme",
        ChangedField::IsRepeated => "isRepeated",
        ChangedField::Parent => "parent",
        ChangedField::Content => "content",
        ChangedField::ResponsibleParties => "responsibleParties",
        ChangedField::Partners => "partners",
        ChangedField::StartDate => "startDate",
        ChangedField::EndDate => "endDate",
        ChangedField::ScheduleText => "scheduleText",
        ChangedField::BudgetText => "budgetText",
        ChangedField::Budget => "budget",
        ChangedField::Indicators => "indicators",
        ChangedField::Completion => "completion",
        ChangedField::Priority => "priority",
        ChangedField::Description => "description",
        ChangedField::Attributes => "attributes",
        ChangedField::State => "state",
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
    /// Progress of the plan at that time. Null if no measure had a known status.
    progress: Option<ProgressObject>,
}

impl From<passerelle_storage::ProgressPoint> for ProgressPoint {
    fn from(point: passerelle_storage::ProgressPoint) -> Self {
        Self { at: DateTime(point.at), progress: point.progress.map(ProgressObject) }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangedField, field_name};

    #[test]
    fn every_logged_field_is_a_field_of_the_schema() {
        let schema = crate::schema::sdl();
        let body = |object: &str| {
            let (_, after) = schema.split_once(&format!("\ntype {object} ")).unwrap();
            after.split("\n}").next().unwrap()
        };
        let objects = ["Measure", "Category", "Plan", "Page", "SupportService", "Document"].map(body);
        for field in ChangedField::ALL {
            let name = field_name(field);
            let is_field = |line: &str| {
                line.trim().starts_with(&format!("{name}:")) || line.trim().starts_with(&format!("{name}("))
            };
            assert!(objects.iter().any(|object| object.lines().any(is_field)), "{name}");
        }
    }
}
