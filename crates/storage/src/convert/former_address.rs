//! Rows of the table `former_address`: the addresses that renamed pages and plans had.

use passerelle_model::page::Page;
use passerelle_model::plan::PlanHeading;
use passerelle_model::revision::Revision;

use crate::entity::former_address::Model;
use crate::redirect::FormerAddressKind;

/// Returns the former address of a page. `None` if the page keeps its address.
pub(crate) fn of_page(key: &str, (before, after): (&Page, &Page), renamed: Revision) -> Option<Model> {
    let is_renamed = (&before.slug, before.lang) != (&after.slug, after.lang);
    is_renamed.then(|| Model {
        row_id: 0,
        kind: FormerAddressKind::Page.name().to_owned(),
        key: key.to_owned(),
        slug: before.slug.to_string(),
        lang: before.lang.to_string(),
        year: None,
        ended_revision: renamed.number.get(),
        ended_at: renamed.at.millis(),
    })
}

/// Returns the former address of a plan. `None` if the plan keeps its address.
pub(crate) fn of_plan(
    key: &str,
    (before, after): (&PlanHeading, &PlanHeading),
    renamed: Revision,
) -> Option<Model> {
    let is_renamed = (&before.slug, before.lang, before.year) != (&after.slug, after.lang, after.year);
    is_renamed.then(|| Model {
        row_id: 0,
        kind: FormerAddressKind::Plan.name().to_owned(),
        key: key.to_owned(),
        slug: before.slug.to_string(),
        lang: before.lang.to_string(),
        year: before.year,
        ended_revision: renamed.number.get(),
        ended_at: renamed.at.millis(),
    })
}
