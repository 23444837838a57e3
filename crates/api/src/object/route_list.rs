//! List of routes whose own fields are resolved in one pass.

use std::borrow::Cow;

use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::enum_value;
use async_graphql::{
    ContextSelectionSet, Error, Name, OutputType, Positioned, ScalarType, ServerResult, Value,
};
use passerelle_storage::Route;

use super::route::RouteObject;
use super::{DateTime, Language, RouteKind};
use crate::context::site_urls;
use crate::site_urls::SiteUrls;

/// Routes of a range.
///
/// The engine makes a future for each field of each item. A site has 10,000 routes with four fields, which
/// need nothing but memory. If only such fields are selected, they are written without futures.
pub(super) struct RouteList(pub(super) Vec<RouteObject>);

/// Fields of a route that need nothing but the route and the settings. They cost nothing in the cost model.
pub(crate) const OWN_FIELDS: [&str; 4] = ["url", "kind", "lang", "updatedAt"];

/// Name of the type of a route.
const ROUTE: &str = "Route";

/// A selected field: its name and the key in the response.
struct OwnField<'a> {
    field: &'a str,
    response_key: &'a Name,
}

impl OutputType for RouteList {
    fn type_name() -> Cow<'static, str> {
        Vec::<RouteObject>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<RouteObject>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<RouteObject>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut fields = Vec::new();
        if !collect_own_fields(ctx, &ctx.item.node, &mut fields) {
            return self.0.resolve(ctx, field).await;
        }
        let urls = site_urls(ctx).map_err(|error| Error::from(error).into_server_error(ctx.item.pos))?;
        let value = |route: &RouteObject| {
            let own = |field: &OwnField<'_>| (field.response_key.clone(), field.value(&route.0, urls));
            Value::Object(fields.iter().map(own).collect())
        };
        Ok(Value::List(self.0.iter().map(value).collect()))
    }
}

impl OwnField<'_> {
    fn value(&self, route: &Route, urls: &SiteUrls) -> Value {
        match self.field {
            "url" => Value::String(urls.for_object(&route.address)),
            "kind" => enum_value(RouteKind::from(route.kind)),
            "lang" => enum_value(Language::from(route.address.lang())),
            "updatedAt" => DateTime(route.updated_at).to_value(),
            // The only other field that is collected.
            _ => Value::String(ROUTE.to_owned()),
        }
    }
}

/// Adds the selected fields. Returns false if another field or a directive is selected.
fn collect_own_fields<'a>(
    ctx: &ContextSelectionSet<'a>,
    set: &'a SelectionSet,
    fields: &mut Vec<OwnField<'a>>,
) -> bool {
    let mut collect = |selection: &'a Positioned<Selection>| match &selection.node {
        Selection::Field(field) => {
            let name = field.node.name.node.as_str();
            let is_own = OWN_FIELDS.contains(&name) || name == "__typename";
            fields.push(OwnField { field: name, response_key: &field.node.response_key().node });
            is_own && field.node.directives.is_empty()
        }
        Selection::InlineFragment(fragment) => {
            let condition = fragment.node.type_condition.as_ref();
            condition.is_none_or(|condition| condition.node.on.node == ROUTE)
                && fragment.node.directives.is_empty()
                && collect_own_fields(ctx, &fragment.node.selection_set.node, fields)
        }
        Selection::FragmentSpread(spread) => {
            let fragment = ctx.query_env.fragments.get(&spread.node.fragment_name.node);
            spread.node.directives.is_empty()
                && fragment.is_some_and(|fragment| {
                    fragment.node.type_condition.node.on.node == ROUTE
                        && collect_own_fields(ctx, &fragment.node.selection_set.node, fields)
                })
        }
    };
    set.items.iter().all(&mut collect)
}
