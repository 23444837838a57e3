//! The editions of a plan: which measure of one is which of the next.

use std::collections::{BTreeSet, HashMap};

use passerelle_model::key::{MeasureKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_versioning::identity::matching::{Known, recognise};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::Address;
use crate::entity::measure;
use crate::error::StorageError;
use crate::timed::Timed;
use crate::view::View;

/// For each measure of a later edition the measure of the edition before it that it was.
pub type Predecessors = HashMap<MeasureKey, MeasureKey>;

impl View {
    /// Recognises the measures of each edition in the one before it. The editions come oldest first.
    pub async fn predecessors(
        &self,
        editions: &[PlanKey],
        lang: Language,
    ) -> Result<Predecessors, StorageError> {
        let mut predecessors = HashMap::new();
        let mut before: Vec<(String, u32, String)> = Vec::new();
        for plan in editions {
            let after = self.titles(plan).await?;
            let (old, new) = (known(&before), known(&after));
            for (own, found) in after.iter().zip(recognise(&old, &new, lang)) {
                if let Some((key, ..)) = found.and_then(|at| before.get(at)) {
                    predecessors.insert(MeasureKey::new(own.0.as_str()), MeasureKey::new(key.as_str()));
                }
            }
            before = after;
        }
        Ok(predecessors)
    }

    /// The numbers that measures had until the revision of this view, the latest first, each once.
    pub async fn numbers_of(
        &self,
        keys: &[MeasureKey],
    ) -> Result<HashMap<MeasureKey, Vec<u32>>, StorageError> {
        let rows: Vec<(String, i32)> = measure::Entity::find()
            .filter(measure::Column::Key.is_in(keys.iter().map(MeasureKey::as_str)))
            .filter(measure::Column::FromRevision.lte(self.revision.number.get()))
            .order_by_desc(measure::Column::FromRevision)
            .select_only()
            .columns([measure::Column::Key, measure::Column::Number])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut numbers: HashMap<MeasureKey, Vec<u32>> = HashMap::new();
        let mut seen = BTreeSet::new();
        for (key, number) in rows {
            let number: u32 = Address { table: "measure", key: &key }.number("number", number)?;
            if seen.insert((key.clone(), number)) {
                numbers.entry(MeasureKey::new(key)).or_default().push(number);
            }
        }
        Ok(numbers)
    }

    /// The key, number and title of each measure of a plan, in document order.
    async fn titles(&self, plan: &PlanKey) -> Result<Vec<(String, u32, String)>, StorageError> {
        let rows: Vec<(String, i32, String)> = measure::Entity::find()
            .filter(measure::Entity::live(self.revision.number))
            .filter(measure::Column::PlanKey.eq(plan.as_str()))
            .order_by_asc(measure::Column::Position)
            .select_only()
            .columns([measure::Column::Key, measure::Column::Number, measure::Column::TitleText])
            .into_tuple()
            .all(&self.reader)
            .await?;
        let title = |(key, number, text): (String, i32, String)| {
            let number = Address { table: "measure", key: &key }.number("number", number)?;
            Ok((key, number, text))
        };
        rows.into_iter().map(title).collect()
    }
}

fn known(titles: &[(String, u32, String)]) -> Vec<Known<'_>> {
    titles.iter().map(|(_, number, text)| Known { number: *number, text, category: "" }).collect()
}
