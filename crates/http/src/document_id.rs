//! Id of a GraphQL document in logs.

use passerelle_model::checksum::Checksum;

/// Number of hex digits: 64 bits identify a document.
const DIGITS: usize = 16;

/// Returns the first digits of the checksum of a document.
pub(crate) fn document_id(checksum: &Checksum) -> String {
    checksum.first_digits(DIGITS)
}
