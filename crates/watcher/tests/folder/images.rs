//! Documents do not wait for images.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};

use image::{ImageFormat, RgbImage};
use passerelle_model::asset::AssetMetadata;
use passerelle_model::path::DocumentPath;
use passerelle_watcher::{FaultInjector, GracePeriods, WatchSetting, WorkerOptions};

use crate::Folder;

/// Decodes no image until it is open.
#[derive(Default)]
struct DecodeGate {
    is_open: Mutex<bool>,
    opened: Condvar,
    decoded: Mutex<Vec<PathBuf>>,
}

impl DecodeGate {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    fn decoded(&self) -> Vec<PathBuf> {
        self.decoded.lock().unwrap().clone()
    }
}

impl FaultInjector for DecodeGate {
    fn before_decode(&self, path: &Path) {
        let is_open = self.is_open.lock().unwrap();
        drop(self.opened.wait_while(is_open, |is_open| !*is_open).unwrap());
        self.decoded.lock().unwrap().push(path.to_owned());
    }
}

fn write_image(folder: &Folder, path: &str, side: u32) {
    let path = folder.content().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    RgbImage::from_fn(side, side, |x, y| image::Rgb([u8::try_from(x * y % 251).unwrap(), 120, 40]))
        .save_with_format(path, ImageFormat::Png)
        .unwrap();
}

async fn metadata(folder: &Folder, path: &str) -> Option<AssetMetadata> {
    let asset = folder.storage.asset_at(&DocumentPath::parse(path).unwrap()).await.unwrap();
    asset.map(|(asset, _)| asset.metadata)
}

#[tokio::test]
async fn documents_are_published_before_any_image_is_decoded() {
    let folder = Folder::new().await;
    write_image(&folder, "_images/large.png", 90);
    write_image(&folder, "_images/small.png", 10);
    write_image(&folder, "_images/medium.png", 40);
    folder.write("a.md", "# A\n\n![](_images/large.png)\n");
    let gate = Arc::new(DecodeGate::default());
    let faults: Arc<dyn FaultInjector> = Arc::clone(&gate) as _;
    let options =
        WorkerOptions { faults: Some(faults), watch: WatchSetting::Native, ..WorkerOptions::default() };
    folder
        .run_worker_with(options, async |worker| {
            // The first pass is over, and the gate is closed.
            assert_eq!(folder.paths().await, ["a.md"]);
            let image = metadata(&folder, "_images/large.png").await.unwrap();
            assert_eq!((image.width, image.height, image.placeholder), (Some(90), Some(90), None));
            folder.write("b.md", "# B\n");
            worker.wait_until_served(&["a.md", "b.md"]).await;
            assert_eq!(gate.decoded(), [] as [PathBuf; 0]);

            let mut revisions = folder.storage.subscribe_revisions();
            let of_text = revisions.borrow_and_update().number;
            gate.open();
            revisions.changed().await.unwrap();
            // One revision for the three of them.
            assert_eq!(revisions.borrow().number, of_text.next());
            for path in ["_images/small.png", "_images/medium.png", "_images/large.png"] {
                assert!(metadata(&folder, path).await.unwrap().placeholder.is_some(), "{path}");
            }
            let expected = ["_images/small.png", "_images/medium.png", "_images/large.png"];
            assert_eq!(gate.decoded(), expected.map(PathBuf::from));
        })
        .await;
}

#[tokio::test]
async fn image_without_placeholder_is_decoded_after_a_restart() {
    let folder = Folder::new().await;
    write_image(&folder, "_images/a.png", 10);
    let gate = Arc::new(DecodeGate::default());
    let faults: Arc<dyn FaultInjector> = Arc::clone(&gate) as _;
    folder
        .run_worker_with(WorkerOptions { faults: Some(faults), ..WorkerOptions::default() }, async |_| {
            assert_eq!(metadata(&folder, "_images/a.png").await.unwrap().placeholder, None);
        })
        .await;
    gate.open();
    assert_eq!(metadata(&folder, "_images/a.png").await.unwrap().placeholder, None);
    folder.syncer(GracePeriods::NONE).sync_all().await.unwrap();
    assert!(metadata(&folder, "_images/a.png").await.unwrap().placeholder.is_some());
}
