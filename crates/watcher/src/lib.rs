//! Keeps storage equal to the folder.
//!
//! A file event is a hint: [`notify`](mod@notify) puts its path into the [`dirty`] set and forgets the rest. When the
//! set has been quiet for a moment ([`settle`]), what it names is [`scan`]ned, compared with the stored manifest
//! ([`plan`], pure), [`ingest`]ed and published. Start-up, a live change and the periodic scan run the same
//! [`sync::Syncer::sync`].
//!
//! **Architecture invariant:** this crate does not know the API; what it has to say goes over a channel of
//! `passerelle-model` types. Only it names the `notify` crate. It spawns nothing: [`Worker::run`] is awaited by
//! whoever started it. It reads no clock but that which it was given.

mod accept;
mod asset;
mod cookie;
mod defaults;
mod dirty;
mod faults;
mod ingest;
mod log;
mod mode;
mod notify;
mod options;
mod outline;
mod plan;
mod problem;
mod publish;
mod reader;
mod report;
mod root;
mod scan;
mod settle;
mod sync;
mod waiting;
mod worker;

pub use faults::Faults;
pub use ingest::examine;
pub use mode::WatchChoice;
pub use options::WorkerOptions;
pub use report::SyncReport;
pub use sync::{Clock, OnProgress, Patience, Progress, SyncError, Syncer};
pub use worker::{SyncRequest, Worker};
