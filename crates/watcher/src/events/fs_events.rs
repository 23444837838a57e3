//! File events of the operating system.
//!
//! Each folder has its own watch, set before the folder is listed. The recursive mode of notify loses files
//! in new folders, and fails as a whole if one folder cannot be read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::events::cookie;
use crate::events::dirty_set::{DirtySet, covers};
use crate::fault_injection::FaultInjector;
use crate::scan::root::FolderId;

/// True if the operating system reports that a written file was closed.
const REPORTS_CLOSE_WRITE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Watches of the content folder and of the folders below it.
pub(crate) struct Watches {
    watcher: RecommendedWatcher,
    id_by_path: BTreeMap<PathBuf, FolderId>,
    /// Path under which each folder is watched. The system has one watch for a folder with several paths, and
    /// removes it with any of them.
    path_by_id: HashMap<FolderId, PathBuf>,
    limit: usize,
}

impl Watches {
    /// Starts the notifications. No folder is watched yet.
    pub(crate) fn new(dirty: Arc<DirtySet>, faults: Arc<dyn FaultInjector>) -> Result<Self, notify::Error> {
        let limit = faults.max_watches();
        let watcher = notify::recommended_watcher(move |event| handle_event(&dirty, faults.as_ref(), event))?;
        Ok(Self { watcher, id_by_path: BTreeMap::new(), path_by_id: HashMap::new(), limit })
    }

    /// Watches a folder, if it is not watched. Call it before listing the folder.
    pub(crate) fn watch(&mut self, folder: &Path, id: FolderId) -> Result<(), notify::Error> {
        if self.id_by_path.get(folder) == Some(&id) {
            return Ok(());
        }
        // The path belonged to another folder, or the folder had another path.
        self.remove(folder);
        if let Some(old_path) = self.path_by_id.get(&id).cloned() {
            self.remove(&old_path);
        }
        if self.id_by_path.len() >= self.limit {
            return Err(notify::Error::new(ErrorKind::MaxFilesWatch));
        }
        self.watcher.watch(folder, RecursiveMode::NonRecursive)?;
        self.id_by_path.insert(folder.to_owned(), id);
        self.path_by_id.insert(id, folder.to_owned());
        Ok(())
    }

    /// Removes the watches of a folder and of the folders below it. A folder that appears later under the
    /// same path is a different folder.
    pub(crate) fn remove(&mut self, folder: &Path) {
        let below =
            self.id_by_path.range(folder.to_owned()..).take_while(|(watched, _)| covers(folder, watched));
        let removed: Vec<(PathBuf, FolderId)> = below.map(|(watched, id)| (watched.clone(), *id)).collect();
        for (watched, id) in removed {
            self.id_by_path.remove(&watched);
            self.path_by_id.remove(&id);
            // The kernel may have removed the watch together with the folder. Both results are fine.
            drop(self.watcher.unwatch(&watched));
        }
    }
}

/// Handles an event. It only inserts paths into a set, so that the queue of the kernel does not fill up.
fn handle_event(dirty: &DirtySet, faults: &dyn FaultInjector, event: Result<Event, notify::Error>) {
    match event {
        // Tested before the paths: an overflow event has none.
        Ok(event) if event.need_rescan() => dirty.overflow(),
        Ok(event) if event.paths.iter().any(|path| cookie::is_cookie(path)) => dirty.notify_cookie(),
        Ok(event) => {
            if !may_change_content(event.kind) {
                return;
            }
            let paths = faults.deliver_events(event.paths);
            match event.kind {
                EventKind::Modify(ModifyKind::Data(_)) if REPORTS_CLOSE_WRITE => dirty.mark_open(paths),
                EventKind::Access(_) | EventKind::Remove(_) => dirty.mark_closed(paths),
                _ => dirty.mark(paths),
            }
        }
        // After an error of the event stream, events may be missing.
        Err(_) => dirty.overflow(),
    }
}

/// Returns true if an event can mean a change of content. The worker itself causes open and read events.
fn may_change_content(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault_injection;
    use crate::scan::scope::ScanScope;
    use notify::event::Flag;

    #[test]
    fn overflow_event_marks_the_whole_folder() {
        let dirty = DirtySet::default();
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        handle_event(&dirty, &fault_injection::NoFaults, Ok(overflow));
        assert_eq!((dirty.take(), dirty.overflows()), (Some(ScanScope::Everything), 1));
        handle_event(&dirty, &fault_injection::NoFaults, Err(notify::Error::generic("the stream broke")));
        assert_eq!((dirty.take(), dirty.overflows()), (Some(ScanScope::Everything), 2));
    }

    #[test]
    fn read_events_are_ignored_and_close_write_ends_a_write() {
        let dirty = DirtySet::default();
        let event = |kind| Ok(Event::new(kind).add_path(PathBuf::from("/a.md")));
        handle_event(
            &dirty,
            &fault_injection::NoFaults,
            event(EventKind::Access(AccessKind::Open(AccessMode::Any))),
        );
        assert_eq!(dirty.take(), None);
        let written = EventKind::Modify(ModifyKind::Data(notify::event::DataChange::Any));
        handle_event(&dirty, &fault_injection::NoFaults, event(written));
        assert_eq!(dirty.is_open(Path::new("/a.md")), REPORTS_CLOSE_WRITE);
        handle_event(
            &dirty,
            &fault_injection::NoFaults,
            event(EventKind::Access(AccessKind::Close(AccessMode::Write))),
        );
        assert!(!dirty.is_open(Path::new("/a.md")));
        assert!(dirty.take().is_some());
    }
}
