//! The latest revision that this process knows.

use passerelle_model::sync::{Revision, RevisionNumber};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use tokio::sync::watch;

use crate::entity::revision;

/// Latest revision that this process knows, with its subscribers. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct LatestRevision(watch::Sender<Revision>);

impl LatestRevision {
    /// Reads the latest revision from the database.
    pub(crate) async fn load(connection: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Ok(Self(watch::Sender::new(query(connection).await?)))
    }

    /// Returns the known revision without a statement.
    pub(crate) fn get(&self) -> Revision {
        *self.0.borrow()
    }

    /// Subscribes to newer revisions. A subscriber can miss a revision that another one follows at once.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Revision> {
        self.0.subscribe()
    }

    /// Sets the revision after its commit. Does nothing if a newer one is known.
    pub(crate) fn notify(&self, revision: Revision) {
        self.0.send_if_modified(|latest| {
            // A reader can read the database before, and notify after, another revision was published.
            let is_newer = revision.number > latest.number;
            if is_newer {
                *latest = revision;
            }
            is_newer
        });
    }

    /// Reads the latest committed revision from the database. Returns the known one if that is newer.
    pub(crate) async fn refresh(&self, connection: &impl ConnectionTrait) -> Result<Revision, DbErr> {
        self.notify(query(connection).await?);
        Ok(self.get())
    }
}

/// Returns the latest committed revision. Its number is 0 if nothing is published yet.
async fn query(connection: &impl ConnectionTrait) -> Result<Revision, DbErr> {
    let row = revision::Entity::find().order_by_id_desc().one(connection).await?;
    let revision = |row: revision::Model| Revision {
        number: RevisionNumber::new(row.number),
        at: Timestamp::from_millis(row.at),
    };
    Ok(row.map(revision).unwrap_or_default())
}
