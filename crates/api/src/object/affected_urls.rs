//! Addresses of the pages of a website that show what a change changed.

use async_graphql::Context;
use passerelle_model::change::{ChangeKind, ChangedField, NodeKey};
use passerelle_model::key::MeasureKey;
use passerelle_storage::{ChangeLogEntry, ObjectAddress, PlanAddress};

use super::{CategoryObject, MeasureObject};
use crate::context::{category_tree, load, required_plan, site_urls};
use crate::error::ApiError;
use crate::loader::{
    AddressOfChange, ChildMeasuresOf, MeasureByNumber, NeighboursOf, PagesWithLists, RepeatsOfMeasure,
};
use crate::response_count::count_text;

/// Maximum number of addresses of one change. A change that affects more is answered with null: building
/// everything then costs little more.
const MAX_ADDRESSES: usize = 200;

/// Returns the addresses of a change. `None` if it can affect any address.
pub(super) async fn affected_urls(
    ctx: &Context<'_>,
    change: &ChangeLogEntry,
) -> Result<Option<Vec<String>>, ApiError> {
    let addresses = match (change.kind, &change.node, change.field) {
        // The last good version stays.
        (ChangeKind::DocumentRejected, ..) => Some(Vec::new()),
        (ChangeKind::StatusChanged, Some(NodeKey::Measure(key)), _) => measure_addresses(ctx, key).await?,
        (ChangeKind::MeasureChanged, Some(NodeKey::Measure(key)), Some(field)) if !is_position(field) => {
            measure_addresses(ctx, key).await?
        }
        (ChangeKind::PageChanged | ChangeKind::ServiceChanged, Some(node), Some(ChangedField::Content)) => {
            page_addresses(ctx, change, node).await?
        }
        // Titles and addresses of pages and plans are in the navigation. A measure that is added, removed or
        // moved changes the numbers of others.
        _ => None,
    };
    let Some(addresses) = addresses.filter(|addresses| addresses.len() <= MAX_ADDRESSES) else {
        return Ok(None);
    };
    let urls = site_urls(ctx)?;
    let mut affected = Vec::with_capacity(addresses.len());
    for address in addresses {
        let url = urls.for_object(&address);
        if !affected.contains(&url) {
            count_text(ctx, url.len())?;
            affected.push(url);
        }
    }
    Ok(Some(affected))
}

/// Returns true if the field is part of the address of a measure or of its place in the plan.
fn is_position(field: ChangedField) -> bool {
    matches!(field, ChangedField::Number | ChangedField::Category | ChangedField::Parent)
}

/// Returns the addresses of a measure, of its plan and categories, and of the measures that name it.
async fn measure_addresses(
    ctx: &Context<'_>,
    key: &MeasureKey,
) -> Result<Option<Vec<ObjectAddress>>, ApiError> {
    let Some(measure) = load(ctx, key.clone()).await? else { return Ok(None) };
    let plan = required_plan(ctx, &measure.plan).await?;
    let tree = category_tree(ctx, &measure.plan).await?;
    let near = load(ctx, NeighboursOf(measure.plan.clone(), measure.position)).await?;
    let children = load(ctx, ChildMeasuresOf(measure.plan.clone(), measure.number)).await?;
    let mut named = vec![MeasureObject(measure.clone())];
    if let Some(near) = near {
        named.extend([&near.previous, &near.next].into_iter().flatten().cloned().map(MeasureObject));
    }
    if let Some(number) = measure.parent {
        named.extend(load(ctx, MeasureByNumber(measure.plan.clone(), number)).await?.map(MeasureObject));
    }
    if measure.repeat_group.is_some() {
        let repeats = load(ctx, RepeatsOfMeasure(measure.plan.clone(), measure.number)).await?;
        named.extend(repeats.unwrap_or_default().iter().cloned().map(MeasureObject));
    }
    named.extend(children.unwrap_or_default().iter().cloned().map(MeasureObject));

    let address = PlanAddress::from(plan.as_ref());
    let measures =
        named.iter().map(|one| ObjectAddress::Measure { plan: address.clone(), number: one.0.number });
    let lineage = &measure.lineage;
    let categories =
        [Some(&lineage.axis), lineage.objective.as_ref(), lineage.section.as_ref(), lineage.group.as_ref()];
    let categories = categories.into_iter().flatten().filter_map(|key| CategoryObject::of(&tree, key));
    let categories = categories.map(|category| {
        let path = category.get().path.clone();
        ObjectAddress::Category { plan: address.clone(), path }
    });
    Ok(Some(measures.chain(categories).chain([ObjectAddress::Plan(address.clone())]).collect()))
}

/// Returns the address of a page or support service, and of the pages with lists of pages, which show
/// excerpts.
async fn page_addresses(
    ctx: &Context<'_>,
    change: &ChangeLogEntry,
    node: &NodeKey,
) -> Result<Option<Vec<ObjectAddress>>, ApiError> {
    let own = load(ctx, AddressOfChange(node.clone(), change.revision.number)).await?;
    let Some(own) = own else { return Ok(None) };
    let lists = load(ctx, PagesWithLists(own.lang())).await?.unwrap_or_default();
    Ok(Some(std::iter::once(own.as_ref()).chain(lists.iter()).cloned().collect()))
}
