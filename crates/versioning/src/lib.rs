//! Compares a new version of a document with the version that is served.
//!
//! [`identity`] gives measures and categories the keys that they had before. [`diff`] lists the changes. [`mass_loss`] says
//! whether a plan loses too many measures at once.
//!
//! **Architecture invariant:** everything here is a pure function of its arguments.

pub mod diff;
pub mod identity;
pub mod mass_loss;
