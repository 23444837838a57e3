//! Parts of the addresses of objects, at the revision of a change.

use std::collections::{BTreeSet, HashMap};

use passerelle_model::change::NodeKey;
use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::plan::CategoryPath;
use passerelle_model::published::PublishedPlan;
use passerelle_model::revision::RevisionNumber;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use crate::column::RowContext;
use crate::entity::{category, measure, page, plan, support_service};
use crate::error::StorageError;
use crate::read_view::ReadView;
use crate::versioned::Versioned;

/// Parts of the address of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanAddress {
    /// Slug of the plan. All editions have the same.
    pub slug: Slug,
    /// Language of the plan.
    pub lang: Language,
    /// Year of the edition. `None` if the plan has none.
    pub year: Option<i32>,
}

impl PlanAddress {
    /// Returns the slug with the year, for example `plan-climat-2025`. The slug alone if the plan has no
    /// year.
    pub fn edition(&self) -> String {
        self.year.map_or_else(|| self.slug.to_string(), |year| format!("{}-{year}", self.slug))
    }
}

impl From<&PublishedPlan> for PlanAddress {
    fn from(plan: &PublishedPlan) -> Self {
        let heading = &plan.heading;
        Self { slug: heading.slug.clone(), lang: heading.lang, year: heading.year }
    }
}

/// Parts of the address of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ObjectAddress {
    /// Page of the site.
    Page {
        /// Slug of the page.
        slug: Slug,
        /// Language of the page.
        lang: Language,
    },
    /// Support service. It has the address of its page.
    SupportService {
        /// Slug of the page.
        slug: Slug,
        /// Language of the page.
        lang: Language,
    },
    /// Plan.
    Plan(PlanAddress),
    /// Category of a plan.
    Category {
        /// Plan of the category.
        plan: PlanAddress,
        /// Path of the category, for example `2.6.b`.
        path: CategoryPath,
    },
    /// Measure of a plan.
    Measure {
        /// Plan of the measure.
        plan: PlanAddress,
        /// Number of the measure.
        number: u32,
    },
}

impl ObjectAddress {
    /// Returns the slug of the page or of the plan.
    pub fn slug(&self) -> &Slug {
        match self {
            Self::Page { slug, .. } | Self::SupportService { slug, .. } => slug,
            Self::Plan(plan) | Self::Category { plan, .. } | Self::Measure { plan, .. } => &plan.slug,
        }
    }

    /// Returns the language of the page or of the plan.
    pub fn lang(&self) -> Language {
        match self {
            Self::Page { lang, .. } | Self::SupportService { lang, .. } => *lang,
            Self::Plan(plan) | Self::Category { plan, .. } | Self::Measure { plan, .. } => plan.lang,
        }
    }
}

/// Object and the revision of a change of it.
pub type ChangedObject = (NodeKey, RevisionNumber);

/// Versions of the objects of one table: key, first revision, end revision and a value.
struct Versions<T>(HashMap<String, Vec<(i64, Option<i64>, T)>>);

impl<T: Clone> Versions<T> {
    fn new(rows: impl Iterator<Item = (String, i64, Option<i64>, T)>) -> Self {
        let mut versions: HashMap<String, Vec<_>> = HashMap::new();
        for (key, from, until, value) in rows {
            versions.entry(key).or_default().push((from, until, value));
        }
        Self(versions)
    }

    /// Returns the version at a revision, or the one that ended there if the object was removed.
    fn at(&self, key: &str, revision: RevisionNumber) -> Option<T> {
        let number = revision.get();
        let existed = |(from, until, _): &&(i64, Option<i64>, T)| {
            *from <= number && until.is_none_or(|until| until >= number)
        };
        self.0
            .get(key)?
            .iter()
            .filter(existed)
            .max_by_key(|(from, ..)| *from)
            .map(|(.., value)| value.clone())
    }
}

/// Selects the versions of some objects that existed between two revisions, with these columns.
macro_rules! versions {
    ($view:ident, $table:ident, $keys:expr, $revisions:expr, $($column:ident),*) => {{
        let (first, last): (i64, i64) = $revisions;
        let keys: BTreeSet<String> = $keys;
        if keys.is_empty() {
            Vec::new()
        } else {
            $table::Entity::find()
                .select_only()
                .columns([
                    $table::Column::Key,
                    $table::Column::FromRevision,
                    $table::Column::UntilRevision,
                    $($table::Column::$column),*
                ])
                .filter($table::Column::Key.is_in(keys))
                .filter(<$table::Entity as Versioned>::FROM_REVISION.lte(last))
                .filter(Condition::any()
                        .add($table::Column::UntilRevision.is_null())
                        .add($table::Column::UntilRevision.gte(first)),)
                .into_tuple()
                .all(&$view.read_pool)
                .await?
        }
    }};
}

/// Key, first revision, end revision, slug and language of a page or support service.
type SlugRow = (String, i64, Option<i64>, String, String);
/// Key, first revision, end revision, plan key and name of a part of a plan.
type PartRow<T> = (String, i64, Option<i64>, String, T);
/// Key, first revision, end revision, slug, language and year of a plan.
type PlanRow = (String, i64, Option<i64>, String, String, Option<i32>);

/// Versions of the parts of addresses.
struct AddressVersions {
    pages: Versions<(Slug, Language)>,
    services: Versions<(Slug, Language)>,
    plans: Versions<PlanAddress>,
    /// Key of the plan and path.
    categories: Versions<(String, CategoryPath)>,
    /// Key of the plan and number.
    measures: Versions<(String, i32)>,
}

impl AddressVersions {
    /// Returns the address of an object at the revision of its change.
    fn address(&self, (node, revision): &ChangedObject) -> Option<ObjectAddress> {
        let key = node.key();
        Some(match node {
            NodeKey::Document(_) => return None,
            NodeKey::Page(_) => {
                let (slug, lang) = self.pages.at(key, *revision)?;
                ObjectAddress::Page { slug, lang }
            }
            NodeKey::Service(_) => {
                let (slug, lang) = self.services.at(key, *revision)?;
                ObjectAddress::SupportService { slug, lang }
            }
            NodeKey::Plan(_) => ObjectAddress::Plan(self.plans.at(key, *revision)?),
            NodeKey::Category(_) => {
                let (plan, path) = self.categories.at(key, *revision)?;
                let plan = self.plans.at(&plan, *revision)?;
                ObjectAddress::Category { plan, path }
            }
            NodeKey::Measure(_) => {
                let (plan, number) = self.measures.at(key, *revision)?;
                let number = u32::try_from(number).ok()?;
                ObjectAddress::Measure { plan: self.plans.at(&plan, *revision)?, number }
            }
        })
    }
}

impl ReadView {
    /// Returns the addresses of changed objects at the revisions of their changes. The address of a removed
    /// object is the last one that it had. Objects whose rows were pruned are missing. At most one statement
    /// per kind of object.
    pub async fn addresses_of_changes(
        &self,
        changed: &[ChangedObject],
    ) -> Result<HashMap<ChangedObject, ObjectAddress>, StorageError> {
        let numbers = || changed.iter().map(|(_, revision)| revision.get());
        let revisions = (numbers().min().unwrap_or_default(), numbers().max().unwrap_or_default());
        let keys = |kind: &str| -> BTreeSet<String> {
            let of_kind = changed.iter().filter(|(node, _)| node.kind() == kind);
            of_kind.map(|(node, _)| node.key().to_owned()).collect()
        };
        let to_slug = |(key, from, until, slug, lang): SlugRow| {
            let context = RowContext { table: "page", key: &key };
            let address = (context.parse_slug(&slug)?, context.parse_lang(&lang)?);
            Ok((key, from, until, address))
        };
        let pages: Vec<SlugRow> = versions!(self, page, keys("PAGE"), revisions, Slug, Lang);
        let services: Vec<SlugRow> =
            versions!(self, support_service, keys("SUPPORT_SERVICE"), revisions, Slug, Lang);
        let collect =
            |rows: Vec<SlugRow>| rows.into_iter().map(to_slug).collect::<Result<Vec<_>, StorageError>>();
        let (pages, services) =
            (Versions::new(collect(pages)?.into_iter()), Versions::new(collect(services)?.into_iter()));
        let measures: Vec<PartRow<i32>> =
            versions!(self, measure, keys("MEASURE"), revisions, PlanKey, Number);
        let categories: Vec<PartRow<String>> =
            versions!(self, category, keys("CATEGORY"), revisions, PlanKey, Path);
        let mut plan_keys = keys("PLAN");
        plan_keys.extend(measures.iter().map(|row| row.3.clone()));
        plan_keys.extend(categories.iter().map(|row| row.3.clone()));
        let plans: Vec<PlanRow> = versions!(self, plan, plan_keys, revisions, Slug, Lang, Year);
        let plans = plans.into_iter().map(|(key, from, until, slug, lang, year)| {
            let context = RowContext { table: "plan", key: &key };
            let (slug, lang) = (context.parse_slug(&slug)?, context.parse_lang(&lang)?);
            Ok((key, from, until, PlanAddress { slug, lang, year }))
        });
        let plans = Versions::new(plans.collect::<Result<Vec<_>, StorageError>>()?.into_iter());
        let measures = Versions::new(
            measures.into_iter().map(|(key, from, until, plan, part)| (key, from, until, (plan, part))),
        );
        let categories = categories.into_iter().map(|(key, from, until, plan, path)| {
            let path = RowContext { table: "category", key: &key }.parse_category("path", &path)?;
            Ok((key, from, until, (plan, path)))
        });
        let categories = Versions::new(categories.collect::<Result<Vec<_>, StorageError>>()?.into_iter());
        let versions = AddressVersions { pages, services, plans, categories, measures };
        let address = |object: &ChangedObject| Some((object.clone(), versions.address(object)?));
        Ok(changed.iter().filter_map(address).collect())
    }
}
