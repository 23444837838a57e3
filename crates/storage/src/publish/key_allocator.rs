//! Allocates unique keys for pages and services.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter, QuerySelect};

use crate::column::MAX_IN_VALUES;
use crate::entity::{page, support_service};
use crate::error::StorageError;
use crate::versioned::Versioned;

/// Used keys of pages and services.
#[derive(Default)]
pub(super) struct PageKeys {
    pub(super) pages: KeyAllocator,
    pub(super) services: KeyAllocator,
}

impl PageKeys {
    /// Reads the used keys among these names and their variants.
    pub(super) async fn load(
        transaction: &DatabaseTransaction,
        names: impl Iterator<Item = String>,
    ) -> Result<Self, StorageError> {
        let names: BTreeSet<String> = names.collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(Self {
            pages: KeyAllocator::load::<page::Entity>(transaction, page::Column::Key, &names).await?,
            services: KeyAllocator::load::<support_service::Entity>(
                transaction,
                support_service::Column::Key,
                &names,
            )
            .await?,
        })
    }
}

/// Used keys of one object type.
#[derive(Default)]
pub(super) struct KeyAllocator {
    keys: HashSet<String>,
    /// The last suffix that was allocated for a name.
    last_suffixes: HashMap<String, u32>,
}

impl KeyAllocator {
    async fn load<E: Versioned>(
        transaction: &DatabaseTransaction,
        key: E::Column,
        names: &[&str],
    ) -> Result<Self, StorageError> {
        let mut keys = HashSet::new();
        for names in names.chunks(MAX_IN_VALUES) {
            let select = E::find().select_only().column(key).filter(E::UNTIL_REVISION.is_null());
            let taken: Vec<String> =
                select.filter(key.is_in(names.iter().copied())).into_tuple().all(transaction).await?;
            for name in &taken {
                let select = E::find().select_only().column(key).filter(E::UNTIL_REVISION.is_null());
                // A variant is the name, a tilde and digits. All variants sort before `~;`.
                let variants = select.filter(key.gt(format!("{name}~"))).filter(key.lt(format!("{name}~;")));
                keys.extend(variants.into_tuple::<String>().all(transaction).await?);
            }
            keys.extend(taken);
        }
        Ok(Self { keys, last_suffixes: HashMap::new() })
    }

    /// Allocates the name, or a variant if it is used.
    pub(super) fn allocate(&mut self, name: String) -> String {
        if self.keys.insert(name.clone()) {
            return name;
        }
        let last_suffix = self.last_suffixes.entry(name.clone()).or_insert(1);
        loop {
            *last_suffix += 1;
            let variant = format!("{name}~{last_suffix}");
            if self.keys.insert(variant.clone()) {
                return variant;
            }
        }
    }

    /// Marks a key as unused.
    pub(super) fn release(&mut self, key: &str) {
        self.keys.remove(key);
        self.last_suffixes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_key_gets_a_numeric_suffix() {
        let mut allocator = KeyAllocator::default();
        let mut allocate = || allocator.allocate("a.fr".to_owned());
        assert_eq!([allocate(), allocate(), allocate()], ["a.fr", "a.fr~2", "a.fr~3"]);
        allocator.release("a.fr~2");
        assert_eq!(allocator.allocate("a.fr".to_owned()), "a.fr~2");
    }
}
