//! Keeps storage equal to the folder.
//!
//! A file event is a hint: [`events::fs_events`] adds its path to the set of [`events::dirty_set`]. When no
//! event arrived for a settle time ([`events::debounce`]), the paths are listed ([`scan`]), compared with the
//! stored manifest ([`sync::reconcile`], pure), read ([`read`]) and published ([`sync::publish`]). Start-up,
//! a live change and the periodic scan run the same function, [`Syncer::sync_all`] or its variant for a part
//! of the folder.
//!
//! **Architecture invariant:** this crate does not know the API. It publishes its status over a channel of
//! `passerelle-model` types. Only this crate uses `notify`. It spawns no task: the caller awaits
//! [`Worker::run`]. It reads the time only from the clock it is given.

mod events;
mod fault_injection;
mod options;
mod read;
mod scan;
mod schedule;
mod status;
mod sync;
mod worker;

pub use events::watch_mode::WatchSetting;
pub use fault_injection::FaultInjector;
pub use options::WorkerOptions;
pub use read::parse::parse_file;
pub use status::problem::{database_unavailable, no_leader};
pub use status::report::{HeldVersion, Move, Rejection, SyncReport};
pub use sync::error::SyncError;
pub use sync::grace_periods::GracePeriods;
pub use sync::policies::{DraftPolicy, RemovalPolicy};
pub use sync::progress::{OnProgress, Progress};
pub use sync::syncer::{Clock, Syncer};
pub use worker::{SyncRequest, Worker};
