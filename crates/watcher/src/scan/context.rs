//! Inputs of a scan.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use passerelle_model::public_url::PublicUrl;
use passerelle_reader::markdown::RawHtmlPolicy;

use crate::events::dirty_set::DirtySet;
use crate::events::fs_events::Watches;
use crate::fault_injection::FaultInjector;
use crate::scan::listing::Listing;
use crate::scan::root::Root;
use crate::scan::scanner;
use crate::scan::scope::ScanScope;
use crate::sync::policies::DraftPolicy;

/// Inputs of a scan.
#[derive(Clone)]
pub(crate) struct ScanContext {
    /// The folder.
    pub(crate) root: PathBuf,
    /// Watches of the folders that are scanned. `None` if the folder is polled.
    pub(crate) watches: Option<Arc<Mutex<Watches>>>,
    /// Set of changed paths, for files that are being written.
    pub(crate) dirty: Option<Arc<DirtySet>>,
    pub(crate) faults: Arc<dyn FaultInjector>,
    /// Policy for raw HTML.
    pub(crate) raw_html: RawHtmlPolicy,
    /// Public address of the site. `None` if it is not known.
    pub(crate) site: Option<PublicUrl>,
    /// Policy for drafts.
    pub(crate) drafts: DraftPolicy,
    /// True if files that are being written are read later.
    pub(crate) waits_for_writers: bool,
}

impl ScanContext {
    /// Opens the folder.
    pub(crate) fn open_root(&self) -> io::Result<Root> {
        Ok(Root::open(&self.root)?.with_faults(Arc::clone(&self.faults)))
    }

    /// Lists the files in a scope. Watches each folder before it is listed.
    pub(crate) fn scan(&self, root: &Root, scope: &ScanScope) -> Listing {
        let watches = self.watches.as_ref();
        let mut watches = watches.map(|watches| watches.lock().unwrap_or_else(PoisonError::into_inner));
        if let (Some(watches), ScanScope::Paths(paths)) = (watches.as_mut(), scope) {
            // A path with an event may be a different folder than before.
            for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
                watches.remove(&self.root.join(path));
            }
        }
        scanner::scan(root, scope, |folder: &Path, id| match watches.as_mut() {
            Some(watches) => watches.watch(&self.root.join(folder), id),
            None => Ok(()),
        })
    }
}
