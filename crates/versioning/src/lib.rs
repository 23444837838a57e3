//! Compares a new version of a document with the published version.
//!
//! [`identity`] assigns stable keys to measures and categories. [`diff`] lists the changes. [`mass_loss`]
//! detects plans that lose many measures at once.
//!
//! **Architecture invariant:** every function here is pure.

pub mod diff;
pub mod identity;
pub mod label_clash;
pub mod mass_loss;
