//! Hints from the operating system.
//!
//! One watch a folder, not recursive, set before the folder is listed: notify's own recursion loses files in new
//! folders without a word, and fails whole on one that cannot be read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::cookie;
use crate::dirty::{Dirty, covers};
use crate::faults::Faults;
use crate::root::FolderId;

/// Whether the system says when a file that is written to is closed.
const TELLS_CLOSING: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// The watches of a folder and those below it.
pub(crate) struct Watches {
    watcher: RecommendedWatcher,
    watched: BTreeMap<PathBuf, FolderId>,
    /// Where each folder is watched. The system gives a folder one watch under whatever names it is watched, and takes it
    /// away with any of them.
    places: HashMap<FolderId, PathBuf>,
    most: usize,
}

impl Watches {
    /// Sets up the operating system's notifications. No folder is watched yet.
    pub(crate) fn new(dirty: Arc<Dirty>, faults: Arc<dyn Faults>) -> Result<Self, notify::Error> {
        let most = faults.most_watches();
        let watcher = notify::recommended_watcher(move |event| hint(&dirty, faults.as_ref(), event))?;
        Ok(Self { watcher, watched: BTreeMap::new(), places: HashMap::new(), most })
    }

    /// Watches a folder, if it is not watched. Call it before listing the folder.
    pub(crate) fn watch(&mut self, folder: &Path, id: FolderId) -> Result<(), notify::Error> {
        if self.watched.get(folder) == Some(&id) {
            return Ok(());
        }
        // Another folder had this name, or this folder had another name.
        self.forget(folder);
        if let Some(place) = self.places.get(&id).cloned() {
            self.forget(&place);
        }
        if self.watched.len() >= self.most {
            return Err(notify::Error::new(ErrorKind::MaxFilesWatch));
        }
        self.watcher.watch(folder, RecursiveMode::NonRecursive)?;
        self.watched.insert(folder.to_owned(), id);
        self.places.insert(id, folder.to_owned());
        Ok(())
    }

    /// Forgets the watches of a folder and those below it: a folder that comes back under its name is another one.
    pub(crate) fn forget(&mut self, folder: &Path) {
        let below =
            self.watched.range(folder.to_owned()..).take_while(|(watched, _)| covers(folder, watched));
        let gone: Vec<(PathBuf, FolderId)> = below.map(|(watched, id)| (watched.clone(), *id)).collect();
        for (watched, id) in gone {
            self.watched.remove(&watched);
            self.places.remove(&id);
            // The kernel may have dropped it with the folder; there is nothing to do about either answer.
            drop(self.watcher.unwatch(&watched));
        }
    }
}

/// Takes note of an event. It only inserts into a set: the kernel's queue must never wait for us.
fn hint(dirty: &Dirty, faults: &dyn Faults, event: Result<Event, notify::Error>) {
    match event {
        // Asked of the event before its paths: the one that says it has none.
        Ok(event) if event.need_rescan() => dirty.overflow(),
        Ok(event) if event.paths.iter().any(|path| cookie::is_cookie(path)) => dirty.cookie_seen(),
        Ok(event) => {
            if !is_hint(event.kind) {
                return;
            }
            let paths = faults.hints(event.paths);
            match event.kind {
                EventKind::Modify(ModifyKind::Data(_)) if TELLS_CLOSING => dirty.written(paths),
                EventKind::Access(_) | EventKind::Remove(_) => dirty.closed(paths),
                _ => dirty.mark(paths),
            }
        }
        // An error of the event stream says that events may be missing.
        Err(_) => dirty.overflow(),
    }
}

/// Whether an event can mean a change. Opening and reading cannot, and we do both ourselves.
fn is_hint(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirty::Scope;
    use crate::faults;
    use notify::event::Flag;

    #[test]
    fn an_overflow_has_no_path_and_means_everything() {
        let dirty = Dirty::default();
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        hint(&dirty, &faults::None, Ok(overflow));
        assert_eq!((dirty.take(), dirty.overflows()), (Some(Scope::Everything), 1));
        hint(&dirty, &faults::None, Err(notify::Error::generic("the stream broke")));
        assert_eq!((dirty.take(), dirty.overflows()), (Some(Scope::Everything), 2));
    }

    #[test]
    fn reading_is_no_hint_and_writing_is_over_when_the_file_is_closed() {
        let dirty = Dirty::default();
        let event = |kind| Ok(Event::new(kind).add_path(PathBuf::from("/a.md")));
        hint(&dirty, &faults::None, event(EventKind::Access(AccessKind::Open(AccessMode::Any))));
        assert_eq!(dirty.take(), None);
        let written = EventKind::Modify(ModifyKind::Data(notify::event::DataChange::Any));
        hint(&dirty, &faults::None, event(written));
        assert_eq!(dirty.is_open(Path::new("/a.md")), TELLS_CLOSING);
        hint(&dirty, &faults::None, event(EventKind::Access(AccessKind::Close(AccessMode::Write))));
        assert!(!dirty.is_open(Path::new("/a.md")));
        assert!(dirty.take().is_some());
    }
}
