//! Object types `SupportService` and `Mission`.

use async_graphql::{Context, ID, Object};
use passerelle_model::service::Mission;

use super::image::ImageObject;
use super::progress::to_int;
use super::related::{self, RelatedMeasureEdge};
use super::{Language, MeasureObject, PageObject, RichTextObject, ServiceObject};
use crate::context::{global_id, load_required, site_urls};
use crate::error::ApiError;
use crate::input::NodeId;

/// Organisation that an authority designated to support others in a domain.
#[Object(name = "SupportService")]
impl ServiceObject {
    /// Global id, opaque. It stays the same when the page of the support service is edited or its file is
    /// renamed.
    pub(crate) async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        global_id(ctx, &NodeId::SupportService(self.0.key.clone()))
    }

    /// Slug of the page that describes the support service, for example `saq`.
    fn slug(&self) -> &str {
        self.0.service.slug.as_str()
    }

    /// Address of the support service on the website, for example `/fr/saq`. It is the address of its page.
    /// The operator sets the pattern.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(site_urls(ctx)?.for_page(&self.0.service.slug, self.0.service.lang))
    }

    /// Address under which the support service is known, the same as `url`. If `supportService` found it by a
    /// former slug, redirect to it.
    async fn canonical_url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        self.url(ctx).await
    }

    /// Language of the page that describes the support service, for example `FR`.
    fn lang(&self) -> Language {
        self.0.service.lang.into()
    }

    /// Name without the acronym, for example `Service support animation de quartier`.
    fn name(&self) -> &str {
        &self.0.service.name
    }

    /// Acronym, for example `SAQ`. Null if the page has none.
    fn acronym(&self) -> Option<&str> {
        self.0.service.acronym.as_deref()
    }

    /// Organisation that was designated, for example `L’Atelier des Marées`. Null if the page names none.
    fn organisation(&self) -> Option<&str> {
        self.0.service.organisation.as_deref()
    }

    /// Domain of the designation, for example `animation de quartier`. Null if the page names none.
    fn domain(&self) -> Option<&str> {
        self.0.service.domain.as_deref()
    }

    /// Authority that designated the organisation, for example `COMLIT`. Null if the page names none.
    fn authority(&self) -> Option<&str> {
        self.0.service.authority.as_deref()
    }

    /// Decree or law of the designation, for example `décret de Cohésion des Quartiers`. Null if the page
    /// names none.
    fn legal_basis(&self) -> Option<&str> {
        self.0.service.legal_basis.as_deref()
    }

    /// Region in which the organisation works, for example `Région Littorale`. Null if the page names none.
    fn region(&self) -> Option<&str> {
        self.0.service.region.as_deref()
    }

    /// Year of the designation, for example `2018`. Null if the page names none.
    fn designated_year(&self) -> Option<i32> {
        self.0.service.designated_year
    }

    /// Year of the last renewal of the designation, for example `2023`. Null if the page names none.
    fn renewed_year(&self) -> Option<i32> {
        self.0.service.renewed_year
    }

    /// Introduction of the page, between the title and the box with the definition. Its formats are empty
    /// strings if the page has none.
    fn summary(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.service.summary)
    }

    /// Definition of a support service, from the box of the page. Null if the page has no such box.
    fn definition(&self) -> Option<RichTextObject<'_>> {
        self.0.service.definition.as_ref().map(RichTextObject::of)
    }

    /// Missions of the support service, in document order. Empty if the page lists none.
    fn missions(&self) -> Vec<MissionObject> {
        self.0.service.missions.iter().cloned().map(MissionObject).collect()
    }

    /// Logo of the support service. Null if the page has none.
    fn logo(&self) -> Option<ImageObject> {
        self.0.service.logo.clone().map(ImageObject::new)
    }

    /// Page that describes the support service.
    async fn page(&self, ctx: &Context<'_>) -> Result<PageObject, ApiError> {
        load_required(ctx, self.0.page.clone()).await.map(PageObject)
    }

    /// Related measures of the newest plan in the language of the page. Measures that the front matter lists
    /// (`measures: [12, 40]`) come first, then the measures with the most similar text. Empty if there are
    /// none.
    async fn related_measures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Maximum number of measures. Default 10, at most 50.")] first: Option<i32>,
    ) -> Result<Vec<MeasureObject>, ApiError> {
        related::only_measures(ctx, &self.0.page, self.0.service.lang, first).await
    }

    /// The measures of `relatedMeasures`, each with its score. Empty if there are none.
    async fn related_measure_edges(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Maximum number of measures. Default 10, at most 50.")] first: Option<i32>,
    ) -> Result<Vec<RelatedMeasureEdge>, ApiError> {
        related::measures_of(ctx, &self.0.page, self.0.service.lang, first).await
    }
}

pub(crate) struct MissionObject(Mission);

/// Task of a support service.
#[Object(name = "Mission")]
impl MissionObject {
    /// Position in the list of missions. The first position is 1.
    fn position(&self) -> i32 {
        to_int(self.0.position)
    }

    /// Title as plain text, without its number.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Description of the mission. Its formats are empty strings if the page has none.
    fn description(&self) -> RichTextObject<'_> {
        RichTextObject::of(&self.0.description)
    }
}
