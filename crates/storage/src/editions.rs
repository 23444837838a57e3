//! Editions of a plan: matches the measures of one edition with those of the previous one.

use std::collections::{BTreeSet, HashMap};

use passerelle_model::key::{MeasureKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::published::PublishedMeasure;
use passerelle_versioning::identity::measure_matching::{MatchCandidate, match_measures};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::RowContext;
use crate::convert::measure::to_measure;
use crate::entity::measure;
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// For each measure of an edition, the matching measure of the previous edition.
pub type Predecessors = HashMap<MeasureKey, MeasureKey>;

/// Editions of one plan in one language, oldest first.
pub type Editions = (Vec<PlanKey>, Language);

/// Key, number and title of a measure.
type MeasureTitle = (String, u32, String);

impl ReadView {
    /// Matches the measures of each edition with those of the previous one. One statement loads the titles
    /// of all plans.
    pub async fn predecessors(
        &self,
        plans: &[Editions],
    ) -> Result<HashMap<Editions, Predecessors>, StorageError> {
        let keys: BTreeSet<&PlanKey> = plans.iter().flat_map(|(editions, _)| editions).collect();
        let titles = self.measure_titles(keys.into_iter()).await?;
        let predecessors_of = |editions: &Editions| (editions.clone(), match_editions(editions, &titles));
        Ok(plans.iter().map(predecessors_of).collect())
    }

    /// Returns the last measure that had a number of a plan and no longer has it, as it was then. `None` if
    /// no measure had it. The history can be pruned.
    pub async fn measure_with_former_number(
        &self,
        plan: &PlanKey,
        number: u32,
    ) -> Result<Option<PublishedMeasure>, StorageError> {
        let row = measure::Entity::find()
            .filter(measure::Column::PlanKey.eq(plan.as_str()))
            .filter(measure::Column::UntilRevision.lte(self.revision.number.get()))
            .filter(measure::Column::Number.eq(i64::from(number)))
            .order_by_desc(measure::Column::UntilRevision)
            .one(&self.read_pool)
            .await?;
        row.map(to_measure).transpose()
    }

    /// Returns the distinct numbers that measures had up to the revision of this view, latest first.
    pub async fn previous_numbers(
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
            .all(&self.read_pool)
            .await?;
        let mut numbers: HashMap<MeasureKey, Vec<u32>> = HashMap::new();
        let mut unique = BTreeSet::new();
        for (key, number) in rows {
            let number: u32 = RowContext { table: "measure", key: &key }.convert_integer("number", number)?;
            if unique.insert((key.clone(), number)) {
                numbers.entry(MeasureKey::new(key)).or_default().push(number);
            }
        }
        Ok(numbers)
    }

    /// Returns the key, number and title of each measure of a plan, in document order.
    /// Loads the titles of the measures of plans, in document order.
    async fn measure_titles(
        &self,
        plans: impl Iterator<Item = &PlanKey>,
    ) -> Result<HashMap<PlanKey, Vec<MeasureTitle>>, StorageError> {
        let rows: Vec<(String, String, i32, String)> = measure::Entity::find()
            .filter(measure::Entity::live(self.revision.number))
            .filter(measure::Column::PlanKey.is_in(plans.map(PlanKey::as_str)))
            .order_by_asc(measure::Column::Position)
            .select_only()
            .columns([
                measure::Column::PlanKey,
                measure::Column::Key,
                measure::Column::Number,
                measure::Column::TitleText,
            ])
            .into_tuple()
            .all(&self.read_pool)
            .await?;
        let mut titles: HashMap<PlanKey, Vec<MeasureTitle>> = HashMap::new();
        for (plan, key, number, text) in rows {
            let number = RowContext { table: "measure", key: &key }.convert_integer("number", number)?;
            titles.entry(PlanKey::new(plan)).or_default().push((key, number, text));
        }
        Ok(titles)
    }
}

fn match_editions((plans, lang): &Editions, titles: &HashMap<PlanKey, Vec<MeasureTitle>>) -> Predecessors {
    let mut predecessors = HashMap::new();
    let mut before: &[MeasureTitle] = &[];
    for plan in plans {
        let after = titles.get(plan).map_or(&[] as &[MeasureTitle], Vec::as_slice);
        let (old, new) = (match_candidates(before), match_candidates(after));
        for (measure, matched) in after.iter().zip(match_measures(&old, &new, *lang)) {
            if let Some((key, ..)) = matched.and_then(|at| before.get(at)) {
                predecessors.insert(MeasureKey::new(measure.0.as_str()), MeasureKey::new(key.as_str()));
            }
        }
        before = after;
    }
    predecessors
}

fn match_candidates(titles: &[MeasureTitle]) -> Vec<MatchCandidate<'_>> {
    titles.iter().map(|(_, number, text)| MatchCandidate { number: *number, text, category: "" }).collect()
}
