//! Form that accepts the held version of a document.

use passerelle_model::document::{Document, DocumentState};
use passerelle_model::language::Language;

use crate::site::Site;

/// Path of the form.
pub(crate) const PATH: &str = "/desk/accept";

/// Values of the form on the page of a held document.
pub(crate) struct AcceptForm {
    pub(crate) url: &'static str,
    /// Checksum of the held version. A version that is saved later is not accepted.
    pub(crate) checksum: String,
    pub(crate) lang: Option<&'static str>,
}

impl AcceptForm {
    /// Returns the form of a document. `None` if nothing is held, or if the service has no token of an
    /// operator.
    pub(crate) fn of(site: &Site, document: &Document, chosen: Option<Language>) -> Option<Self> {
        let is_held = document.state == DocumentState::Held && site.admin_token().is_some();
        is_held.then(|| Self {
            url: PATH,
            checksum: document.checksum.to_string(),
            lang: chosen.map(Language::code),
        })
    }
}
