//! Search for the object at one address.

use std::sync::Arc;

use async_graphql::Context;
use passerelle_model::change::NodeKey;
use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::published::{PublishedPage, PublishedPlan};
use passerelle_storage::{ObjectAddress, PageFilter, PlanAddress, Route, RouteKind, plans_named};

use super::route::RouteObject;
use crate::context::{all_plans, category_tree, load, site_urls, view};
use crate::error::ApiError;
use crate::loader::MeasureByNumber;
use crate::site_urls::{NamedObject, PlanPart};

impl RouteObject {
    /// Finds the object that has an address, or else the one that had it last.
    pub(crate) async fn at(ctx: &Context<'_>, url: &str) -> Result<Option<Self>, ApiError> {
        let objects = site_urls(ctx)?.objects_at(url);
        for is_former in [false, true] {
            for object in &objects {
                let route = match object {
                    NamedObject::Page { slug, lang } => page_route(ctx, slug, *lang, is_former).await?,
                    NamedObject::Plan { name, lang, part } => {
                        plan_route(ctx, name, *lang, part, is_former).await?
                    }
                };
                if let Some(route) = route {
                    return Ok(Some(Self(Arc::new(route))));
                }
            }
        }
        Ok(None)
    }
}

async fn page_route(
    ctx: &Context<'_>,
    slug: &Slug,
    lang: Language,
    is_former: bool,
) -> Result<Option<Route>, ApiError> {
    let view = view(ctx)?;
    if !is_former {
        let filter = PageFilter { slug: Some(vec![slug.clone()]), lang: vec![lang], ..PageFilter::default() };
        return Ok(view.page(&filter).await?.map(|page| route_of_page(&page)));
    }
    let Some(key) = view.page_with_former_slug(slug, Some(lang)).await? else { return Ok(None) };
    Ok(load(ctx, key).await?.map(|page| route_of_page(&page)))
}

fn route_of_page(page: &PublishedPage) -> Route {
    let (slug, lang) = (page.page.slug.clone(), page.page.lang);
    let (kind, node, address) = match &page.service {
        Some(service) => (
            RouteKind::SupportService,
            NodeKey::Service(service.clone()),
            ObjectAddress::SupportService { slug, lang },
        ),
        None => (RouteKind::Page, NodeKey::Page(page.key.clone()), ObjectAddress::Page { slug, lang }),
    };
    let translation_key = page.page.translation_key.clone();
    Route { kind, node, address, updated_at: page.updated_at, translation_key, plan: None }
}

async fn plan_route(
    ctx: &Context<'_>,
    name: &str,
    lang: Language,
    part: &PlanPart,
    is_former: bool,
) -> Result<Option<Route>, ApiError> {
    let plans = all_plans(ctx).await?;
    let found = if is_former {
        let renamed = view(ctx)?.plans_with_former_name(name, Some(lang)).await?;
        plans.iter().find(|plan| renamed.contains(&plan.key))
    } else {
        plans_named(&plans, Some(name), Some(lang)).into_iter().next()
    };
    match found {
        Some(plan) => route_of_part(ctx, plan, part).await,
        None => Ok(None),
    }
}

async fn route_of_part(
    ctx: &Context<'_>,
    plan: &PublishedPlan,
    part: &PlanPart,
) -> Result<Option<Route>, ApiError> {
    let address = PlanAddress::from(plan);
    let (kind, node, address, updated_at) = match part {
        PlanPart::Whole => {
            (RouteKind::Plan, NodeKey::Plan(plan.key.clone()), ObjectAddress::Plan(address), plan.updated_at)
        }
        PlanPart::Category(path) => {
            let tree = category_tree(ctx, &plan.key).await?;
            let Some(category) = tree.find_by_path(path) else { return Ok(None) };
            let address = ObjectAddress::Category { plan: address, path: path.clone() };
            (RouteKind::Category, NodeKey::Category(category.key.clone()), address, plan.updated_at)
        }
        PlanPart::Measure(number) => {
            let measure = load(ctx, MeasureByNumber(plan.key.clone(), *number)).await?;
            let Some(measure) = measure else { return Ok(None) };
            let address = ObjectAddress::Measure { plan: address, number: *number };
            (RouteKind::Measure, NodeKey::Measure(measure.key.clone()), address, measure.updated_at)
        }
    };
    let plan = Some(plan.key.clone());
    Ok(Some(Route { kind, node, address, updated_at, translation_key: None, plan }))
}
