//! A support service.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use passerelle_model::served::ServedService;
use passerelle_model::service::Mission;

use super::image::ImageObject;
use super::progress::saturate;
use super::related::{self, RelatedMeasureEdge};
use super::{Language, MeasureObject, PageObject, RichTextObject};
use crate::context::need;
use crate::error::ApiError;
use crate::input::NodeId;

/// A support service.
pub(crate) struct ServiceObject(pub(crate) Arc<ServedService>);

/// A support service: an organisation that was designated to help others in a domain.
#[Object(name = "SupportService")]
impl ServiceObject {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        NodeId::SupportService(self.0.key.clone()).id()
    }

    /// The slug of its page.
    fn slug(&self) -> &str {
        self.0.service.slug.as_str()
    }

    /// The language of its page.
    fn lang(&self) -> Language {
        self.0.service.lang.into()
    }

    /// What it is called, without the acronym.
    fn name(&self) -> &str {
        &self.0.service.name
    }

    /// Its acronym.
    fn acronym(&self) -> Option<&str> {
        self.0.service.acronym.as_deref()
    }

    /// Who was designated.
    fn organisation(&self) -> Option<&str> {
        self.0.service.organisation.as_deref()
    }

    /// What it was designated for.
    fn domain(&self) -> Option<&str> {
        self.0.service.domain.as_deref()
    }

    /// Who designated it.
    fn authority(&self) -> Option<&str> {
        self.0.service.authority.as_deref()
    }

    /// By which decree.
    fn legal_basis(&self) -> Option<&str> {
        self.0.service.legal_basis.as_deref()
    }

    /// Where.
    fn region(&self) -> Option<&str> {
        self.0.service.region.as_deref()
    }

    /// The year of the designation.
    fn designated_year(&self) -> Option<i32> {
        self.0.service.designated_year
    }

    /// The year in which that was last renewed.
    fn renewed_year(&self) -> Option<i32> {
        self.0.service.renewed_year
    }

    /// The opening of its page.
    fn summary(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.service.summary)
    }

    /// The boxed answer to what such a service is.
    fn definition(&self) -> Option<RichTextObject<'_>> {
        self.0.service.definition.as_ref().map(RichTextObject::of)
    }

    /// What it is there for, in the order written.
    fn missions(&self) -> Vec<MissionObject> {
        self.0.service.missions.iter().cloned().map(MissionObject).collect()
    }

    /// Its logo.
    fn logo(&self) -> Option<ImageObject> {
        self.0.service.logo.clone().map(ImageObject)
    }

    /// The page that describes it.
    async fn page(&self, ctx: &Context<'_>) -> Result<PageObject, ApiError> {
        need(ctx, self.0.page.clone()).await.map(PageObject)
    }

    /// The measures of the newest plan in its language that are related to it: those that its front matter names
    /// (`measures: [12, 40]`) first, then those that share most of its distinctive words.
    async fn related_measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many; 10 unless given, 50 at most.")] first: Option<i32>,
    ) -> Result<Vec<MeasureObject>, ApiError> {
        related::only_measures(ctx, &self.0.page, self.0.service.lang, first).await
    }

    /// The same measures with how strongly they are related.
    async fn related_measure_edges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many; 10 unless given, 50 at most.")] first: Option<i32>,
    ) -> Result<Vec<RelatedMeasureEdge>, ApiError> {
        related::measures_of(ctx, &self.0.page, self.0.service.lang, first).await
    }
}

/// A mission.
pub(crate) struct MissionObject(Mission);

/// One of the things that a support service is there for.
#[Object(name = "Mission")]
impl MissionObject {
    /// Its place, from 1.
    fn position(&self) -> i32 {
        saturate(self.0.position)
    }

    /// Its title.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// What it is.
    fn description(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.description)
    }
}
