//! Redirect from a former address to the present one.

use passerelle_model::change::NodeKey;
use passerelle_model::timestamp::Timestamp;

use crate::addresses::ObjectAddress;
use crate::route::RouteKind;

/// Kind of a former address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormerAddressKind {
    /// Address of a page, or of its support service.
    Page,
    /// Address of a plan.
    Plan,
}

impl FormerAddressKind {
    /// Returns the stored name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Page => "PAGE",
            Self::Plan => "PLAN",
        }
    }

    /// Returns the kind with a stored name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Page, Self::Plan].into_iter().find(|kind| kind.name() == name)
    }
}

/// Former address and the object that had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Kind of the object.
    pub kind: RouteKind,
    /// Key of the object.
    pub node: NodeKey,
    /// The former address.
    pub former: ObjectAddress,
    /// The present address.
    pub present: ObjectAddress,
    /// Time at which the address changed.
    pub renamed_at: Timestamp,
}
