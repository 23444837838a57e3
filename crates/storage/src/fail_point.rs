//! Fail points for tests: named places in the code that return an error or abort the process. Release
//! builds contain none.

#[cfg(debug_assertions)]
use std::collections::BTreeSet;
#[cfg(debug_assertions)]
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(debug_assertions)]
use crate::error::StorageError;

/// Fail points of this crate, in the order of the steps of publishing. A point follows the step that it
/// names, unless its name contains `before`.
pub const FAIL_POINTS: [&str; 27] = [
    "publish.before_begin",
    "publish.begin",
    "publish.fingerprints",
    "publish.held",
    "publish.revision_number",
    "publish.assets_closed",
    "publish.assets",
    "publish.removed_content_closed",
    "publish.removals",
    "publish.moves",
    "publish.document_key",
    "publish.plan_row",
    "publish.category_rows",
    "publish.measures_closed",
    "publish.content",
    "publish.document_rows",
    "publish.diagnostics",
    "publish.references",
    "publish.former_addresses",
    "publish.pages_closed",
    "publish.page_rows",
    "publish.services_closed",
    "publish.reference_diagnostics_cleared",
    "publish.reference_diagnostics",
    "publish.change_log",
    "publish.before_commit",
    "publish.after_commit",
];

/// Effect of an armed fail point.
#[cfg(debug_assertions)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailMode {
    /// The step fails.
    Error,
    /// The process ends at once, as if it were killed.
    Abort,
    /// The process is stopped by a signal at this visit only, and goes on after `SIGCONT`.
    Freeze,
}

/// Armed fail points. Clones share their state.
#[cfg(debug_assertions)]
#[derive(Clone, Debug, Default)]
pub struct FailPoints(Arc<Mutex<FailPointState>>);

#[cfg(debug_assertions)]
#[derive(Debug, Default)]
struct FailPointState {
    /// Name, effect and remaining number of visits.
    armed: Option<(String, FailMode, u32)>,
    hits: BTreeSet<&'static str>,
}

#[cfg(debug_assertions)]
impl FailPoints {
    /// Arms a point. It fails at this visit, counted from 1, and at every later visit. Disarms any other
    /// point.
    pub fn arm(&self, name: &str, mode: FailMode, visit: u32) {
        self.state().armed = Some((name.to_owned(), mode, visit));
    }

    /// Disarms the armed point.
    pub fn disarm(&self) {
        self.state().armed = None;
    }

    /// Returns the points that failed so far.
    pub fn hits(&self) -> BTreeSet<&'static str> {
        self.state().hits.clone()
    }

    /// Counts a visit and fails if the point is armed. The macro `fail_point!` calls this.
    pub fn visit(&self, name: &'static str) -> Result<(), StorageError> {
        let mut state = self.state();
        let Some((_, mode, visit)) = state.armed.as_mut().filter(|(armed, ..)| armed == name) else {
            return Ok(());
        };
        *visit = visit.saturating_sub(1);
        if *visit > 0 {
            return Ok(());
        }
        if *mode == FailMode::Freeze {
            state.armed = None;
            drop(state);
            let stopped =
                std::process::Command::new("kill").args(["-STOP", &std::process::id().to_string()]).status();
            return stopped.map(drop).map_err(|error| sea_orm::DbErr::Custom(error.to_string()).into());
        }
        if *mode == FailMode::Abort {
            std::process::abort();
        }
        state.hits.insert(name);
        Err(sea_orm::DbErr::Custom(format!("injected kind at {name}")).into())
    }

    fn state(&self) -> MutexGuard<'_, FailPointState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fail points of a release build. None can be armed.
#[cfg(not(debug_assertions))]
#[derive(Clone, Debug, Default)]
pub struct FailPoints(());

/// Marks a fail point. Write it after a step, in any crate:
///
/// ```text
/// passerelle_storage::fail_point!(self.storage.fail_points(), "sync.scanned");
/// ```
///
/// Each [`Storage`](crate::Storage) has its own fail points, so tests do not affect each other. The calling
/// function returns a `Result` whose error converts from [`StorageError`]. Every name is in a list of its
/// crate, such as [`FAIL_POINTS`]. Tests visit all names of the lists. The server accepts only names of the
/// lists.
#[cfg(debug_assertions)]
#[macro_export]
macro_rules! fail_point {
    ($points:expr, $name:literal) => {
        $points.visit($name)?
    };
}

/// Does nothing in release builds. See the definition for debug builds.
#[cfg(not(debug_assertions))]
#[macro_export]
macro_rules! fail_point {
    ($points:expr, $name:literal) => {{
        let _: &$crate::FailPoints = &$points;
    }};
}
