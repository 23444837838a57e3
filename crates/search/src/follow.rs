//! Keeps the index at the newest revision: by the rows that came and went since the one it stands at, or anew.
//!
//! The database commits first. An index that was left behind by the end of the process goes on from where it stands; the
//! opposite order would lose what the database did not get. Whatever is in doubt is built anew: it takes seconds.

use std::time::{Duration, Instant};

use passerelle_model::sync::Revision;
use passerelle_storage::{SearchGround, SearchKind, SearchableFrom, Storage, View};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::error::SearchError;
use crate::place::IndexPlace;
use crate::search::Live;
use crate::snapshot::Snapshot;
use crate::standing::Standing;

/// So many rows are read at once: some hundred KiB of pages.
const ROWS: u64 = 200;
/// Where so many things came at once, more are on their way: they are waited for so long and taken in together, for each commit
/// costs some milliseconds and makes work for later.
const MANY: usize = 100;
const GATHER: Duration = Duration::from_millis(100);
/// How long to wait before another attempt, the first time and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The one that writes the index.
pub struct Follower {
    storage: Storage,
    place: IndexPlace,
    live: watch::Sender<Live>,
    engine: Option<Engine>,
}

impl Follower {
    pub(crate) fn new(storage: Storage, place: IndexPlace, live: watch::Sender<Live>) -> Self {
        Self { storage, place, live, engine: None }
    }

    /// Follows the revisions of the database until it is told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut revisions = self.storage.revisions();
        let mut pause = FIRST_PAUSE;
        while !stop.is_cancelled() {
            revisions.borrow_and_update();
            match self.bring(self.storage.newest()).await {
                Ok(count) => {
                    pause = FIRST_PAUSE;
                    if count >= MANY {
                        stop.run_until_cancelled(tokio::time::sleep(GATHER)).await;
                    }
                    if let Some(Err(_)) = stop.run_until_cancelled(revisions.changed()).await {
                        // Nobody publishes any more.
                        return;
                    }
                }
                Err(error) => {
                    self.fall_back(&error);
                    stop.run_until_cancelled(tokio::time::sleep(pause)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// What is left to do after an error: another index, in memory where the folder is at fault.
    fn fall_back(&mut self, error: &SearchError) {
        self.engine = None;
        let is_of_place = !matches!(error, SearchError::Storage(_));
        if is_of_place && self.place != IndexPlace::Memory {
            tracing::warn!(%error, "the search index cannot be kept on disk: it is built in memory");
            self.place = IndexPlace::Memory;
        } else {
            tracing::warn!(%error, "the search index is not up to date: another attempt follows");
        }
    }

    /// Brings the index to the revision of a view. Returns how many things came.
    async fn bring(&mut self, view: View) -> Result<usize, SearchError> {
        let (started, revision) = (Instant::now(), view.revision());
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => self.open(&view).await?,
        };
        let since = engine.standing();
        if since.revision == revision && self.live.borrow().revision() == Some(revision) {
            self.engine = Some(engine);
            return Ok(0);
        }
        let ground = view.search_ground(since.revision).await?;
        let engine = if continues(&engine, &ground, since, &view).await? {
            engine
        } else {
            drop(engine);
            self.anew().await?
        };
        let (engine, snapshot, count) = Step { view: &view, ground, engine }.take().await?;
        tracing::debug!(
            search.revision = %revision.number,
            search.since = %since.revision.number,
            took_ms = started.elapsed().as_millis(),
            "what is served can be searched for"
        );
        self.live.send_replace(Live::of(snapshot));
        self.engine = Some(engine);
        Ok(count)
    }

    async fn open(&self, view: &View) -> Result<Engine, SearchError> {
        let place = self.place.clone();
        let engine = blocking(move || Engine::open(&place)).await?;
        tracing::debug!(
            search.revision = %engine.standing().revision.number,
            revision = %view.revision().number,
            "the search index is open"
        );
        Ok(engine)
    }

    async fn anew(&self) -> Result<Engine, SearchError> {
        let place = self.place.clone();
        blocking(move || Engine::open_empty(&place)).await
    }
}

/// Whether the index can go on from where it stands: the database has that revision, with all that ended since, and what
/// the index was told of its words still holds.
async fn continues(
    engine: &Engine,
    ground: &SearchGround,
    since: Standing,
    view: &View,
) -> Result<bool, SearchError> {
    let is_of_database =
        ground.at == Some(since.revision.at) && since.revision.number <= view.revision().number;
    let is_whole = since.revision == Revision::default() || !engine.is_before(ground.pruned);
    Ok(is_of_database && is_whole && !view.plans_changed_language(since.revision.number).await?)
}

/// From the revision that an index stands at to that of a view.
struct Step<'v> {
    view: &'v View,
    ground: SearchGround,
    engine: Engine,
}

impl Step<'_> {
    async fn take(self) -> Result<(Engine, Snapshot, usize), SearchError> {
        let Self { view, ground, mut engine } = self;
        let since = engine.standing();
        let languages = view.plan_languages().await?;
        // A row that was pruned away may have given its number to one that came since.
        let is_numbered_on = since.pruned == ground.pruned;
        let mut last_rows = since.last_rows;
        let mut count = 0;
        for (kind, last_row) in SearchKind::ALL.into_iter().zip(&mut last_rows) {
            let ended = view.no_longer_searchable(kind, since.revision.number).await?;
            engine.remove(kind, &ended);
            if !is_numbered_on {
                *last_row = 0;
            }
            let mut from = SearchableFrom { since: since.revision.number, row_id: *last_row };
            loop {
                let things = view.searchable(kind, from, ROWS, &languages).await?;
                let Some(last) = things.last() else { break };
                from.row_id = last.row_id;
                count += things.len();
                *last_row = (*last_row).max(last.row_id);
                engine = blocking(move || engine.add(&things).map(|()| engine)).await?;
            }
        }
        let standing = Standing { revision: view.revision(), pruned: ground.pruned, last_rows };
        blocking(move || {
            let snapshot = engine.commit(standing)?;
            Ok((engine, snapshot, count))
        })
        .await
    }
}

/// Does what takes a while where it holds up nobody, and waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    let done = tokio::task::spawn_blocking(work).await;
    // The index is not trusted where it makes the library panic.
    done.unwrap_or_else(|error| Err(SearchError::Damaged(error.to_string())))
}
