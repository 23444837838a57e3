//! Keeps storage equal to the folder.
//!
//! A file event is a hint: [`fs_events`] puts its path into the [`dirty_set`] set and forgets the rest. When the
//! set has been quiet for a moment ([`debounce`]), what it names is [`scan`]ned, compared with the stored manifest
//! ([`reconcile`], pure), [`ingest`]ed and published. Start-up, a live change and the periodic scan run the same
//! [`sync::Syncer::sync`].
//!
//! **Architecture invariant:** this crate does not know the API; what it has to say goes over a channel of
//! `passerelle-model` types. Only it names the `notify` crate. It spawns nothing: [`Worker::run`] is awaited by
//! whoever started it. It reads no clock but that which it was given.

mod accept_file;
mod asset;
mod batch_summary;
mod cookie;
mod debounce;
mod defaults;
mod dirty_set;
mod fault_injection;
mod fs_events;
mod ingest;
mod log;
mod options;
mod pending_files;
mod problem;
mod publish;
mod reader;
mod reconcile;
mod report;
mod root;
mod scan;
mod sync;
mod watch_mode;
mod worker;

pub use fault_injection::FaultInjector;
pub use ingest::parse_file;
pub use options::WorkerOptions;
pub use report::SyncReport;
pub use sync::{Clock, GracePeriods, OnProgress, Progress, SyncError, Syncer};
pub use watch_mode::WatchSetting;
pub use worker::{SyncRequest, Worker};
