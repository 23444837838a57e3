//! Background stage that decodes images after their documents are published.
//!
//! One thread decodes one image at a time, the smallest file first. The placeholders of a group of images are
//! published in a revision of their own. A pass over the folder does not wait for this stage.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use passerelle_model::path::DocumentPath;
use tokio::task::JoinHandle;

use crate::read::placeholder::{is_decoded, read_placeholder};
use crate::scan::context::ScanContext;
use crate::scan::listing::FoundFile;

/// Maximum number of images whose placeholders are published in one revision. Each revision empties the
/// response cache.
const MAX_GROUP_IMAGES: usize = 32;
/// Maximum size in bytes of the files of a group, except that one file is always taken. Decoding 8 MiB of
/// photographs takes about a second.
const MAX_GROUP_BYTES: u64 = 8 * 1024 * 1024;

/// An image that waits to be decoded.
pub(crate) type Waiting = (DocumentPath, FoundFile);

/// An image that was decoded. The placeholder is `None` if the image is invalid.
pub(crate) struct Decoded {
    pub(crate) image: Waiting,
    pub(crate) placeholder: Option<String>,
}

/// Images that wait to be decoded, and the group that is being decoded.
#[derive(Default)]
pub(crate) struct PlaceholderQueue {
    /// Ordered by the size of the file, then by path.
    waiting: BTreeMap<(u64, DocumentPath), FoundFile>,
    running: Option<JoinHandle<Vec<Decoded>>>,
    /// Stops the thread after the present image.
    stop: Arc<AtomicBool>,
}

impl PlaceholderQueue {
    /// Adds an image, if its format is decoded.
    pub(crate) fn push(&mut self, path: DocumentPath, found: FoundFile) {
        let size = found.fingerprint.size;
        if is_decoded(&path, size) {
            self.waiting.insert((size, path), found);
        }
    }

    /// Returns true if an image waits or is being decoded.
    pub(crate) fn has_work(&self) -> bool {
        self.running.is_some() || !self.waiting.is_empty()
    }

    /// Decodes the next group. If the future is cancelled, decoding goes on and the next call returns the
    /// result.
    pub(crate) async fn decode_next(&mut self, context: &ScanContext) -> Vec<Decoded> {
        if self.running.is_none() {
            let (group, stop, context) = (self.take_group(), Arc::clone(&self.stop), context.clone());
            self.running = Some(tokio::task::spawn_blocking(move || decode(&context, group, &stop)));
        }
        let decoded = match self.running.as_mut() {
            Some(running) => running.await,
            None => Ok(Vec::new()),
        };
        self.running = None;
        decoded.unwrap_or_else(|error| {
            tracing::error!(%error, "the thread that decodes images stopped unexpectedly");
            Vec::new()
        })
    }

    fn take_group(&mut self) -> Vec<Waiting> {
        let (mut group, mut bytes) = (Vec::new(), 0);
        while let Some(entry) = self.waiting.first_entry() {
            bytes += entry.key().0;
            if group.len() == MAX_GROUP_IMAGES || (bytes > MAX_GROUP_BYTES && !group.is_empty()) {
                break;
            }
            let ((_, path), found) = entry.remove_entry();
            group.push((path, found));
        }
        group
    }
}

impl Drop for PlaceholderQueue {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn decode(context: &ScanContext, group: Vec<Waiting>, stop: &AtomicBool) -> Vec<Decoded> {
    // A folder that cannot be opened now is scanned again when it is back. Its images are queued again then.
    let Ok(root) = context.open_root() else { return Vec::new() };
    let images = group.into_iter().take_while(|_| !stop.load(Ordering::Relaxed));
    let decoded = images.map(|image| {
        // A decoder that panics costs the image its placeholder.
        let placeholder = catch_unwind(AssertUnwindSafe(|| read_placeholder(&root, &image.1)));
        Decoded { placeholder: placeholder.ok().flatten(), image }
    });
    decoded.collect()
}
