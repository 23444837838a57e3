//! The keys of pages and services: names, or variants of names that are taken.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter, QuerySelect};

use crate::column::MANY;
use crate::entity::{page, support_service};
use crate::error::StorageError;
use crate::timed::Timed;

/// Which keys are taken.
#[derive(Default)]
pub(super) struct Names {
    pub(super) pages: Taken,
    pub(super) services: Taken,
}

impl Names {
    /// Reads which of these names are taken, and the variants of those that are.
    pub(super) async fn of(
        transaction: &DatabaseTransaction,
        names: impl Iterator<Item = String>,
    ) -> Result<Self, StorageError> {
        let names: BTreeSet<String> = names.collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(Self {
            pages: Taken::of::<page::Entity>(transaction, page::Column::Key, &names).await?,
            services: Taken::of::<support_service::Entity>(transaction, support_service::Column::Key, &names)
                .await?,
        })
    }
}

/// The keys of one kind of thing that are taken.
#[derive(Default)]
pub(super) struct Taken {
    keys: HashSet<String>,
    /// The last variant that was given of a name.
    given: HashMap<String, u32>,
}

impl Taken {
    async fn of<E: Timed>(
        transaction: &DatabaseTransaction,
        key: E::Column,
        names: &[&str],
    ) -> Result<Self, StorageError> {
        let mut keys = HashSet::new();
        for names in names.chunks(MANY) {
            let select = E::find().select_only().column(key).filter(E::UNTIL.is_null());
            let taken: Vec<String> =
                select.filter(key.is_in(names.iter().copied())).into_tuple().all(transaction).await?;
            for name in &taken {
                let select = E::find().select_only().column(key).filter(E::UNTIL.is_null());
                // Variants are the name, a tilde and digits, all of which come before `~;`.
                let variants = select.filter(key.gt(format!("{name}~"))).filter(key.lt(format!("{name}~;")));
                keys.extend(variants.into_tuple::<String>().all(transaction).await?);
            }
            keys.extend(taken);
        }
        Ok(Self { keys, given: HashMap::new() })
    }

    /// The name, or a variant where something has it already. It is taken from here on.
    pub(super) fn take(&mut self, name: String) -> String {
        if self.keys.insert(name.clone()) {
            return name;
        }
        let last = self.given.entry(name.clone()).or_insert(1);
        loop {
            *last += 1;
            let variant = format!("{name}~{last}");
            if self.keys.insert(variant.clone()) {
                return variant;
            }
        }
    }

    /// Gives a key back.
    pub(super) fn free(&mut self, key: &str) {
        self.keys.remove(key);
        self.given.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut taken = Taken::default();
        let mut take = || taken.take("a.fr".to_owned());
        assert_eq!([take(), take(), take()], ["a.fr", "a.fr~2", "a.fr~3"]);
        taken.free("a.fr~2");
        assert_eq!(taken.take("a.fr".to_owned()), "a.fr~2");
    }
}
