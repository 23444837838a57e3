//! Address of a published object.

use passerelle_model::change::NodeKey;
use passerelle_model::key::{PlanKey, TranslationKey};
use passerelle_model::timestamp::Timestamp;

use crate::addresses::ObjectAddress;

/// Kind of an object with an address, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteKind {
    /// Page that describes no support service.
    Page,
    /// Plan.
    Plan,
    /// Category of a plan.
    Category,
    /// Measure of a plan.
    Measure,
    /// Support service, at the address of its page.
    SupportService,
}

impl RouteKind {
    /// Every kind, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Page, Self::Plan, Self::Category, Self::Measure, Self::SupportService];
}

/// Object with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Kind of the object.
    pub kind: RouteKind,
    /// Key of the object.
    pub node: NodeKey,
    /// Parts of the address.
    pub address: ObjectAddress,
    /// Time of the last change of the object. For a category, of its plan.
    pub updated_at: Timestamp,
    /// Key that all translations of the page share.
    pub translation_key: Option<TranslationKey>,
    /// Plan of a category or measure, or the plan itself.
    pub plan: Option<PlanKey>,
}
