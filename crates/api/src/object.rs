//! GraphQL object types, interfaces, enums and scalars.
//!
//! An object type wraps a domain type and defines which of its fields the schema exposes.

#![expect(clippy::unused_async, reason = "a resolver is async, whether it awaits or not")]

mod affected_urls;
mod block;
mod breadcrumb;
mod category;
mod change;
mod collection;
mod connection;
mod document;
mod enums;
mod facets;
mod front_matter;
mod image;
mod language;
mod link;
mod measure;
mod measure_details;
mod navigation;
mod node;
mod page;
mod plan;
mod progress;
mod redirect;
mod related;
mod rich_text;
mod route;
mod route_connection;
mod route_list;
mod route_lookup;
mod scalar;
mod search;
mod service;
mod status;
mod sync;
mod thumb_hash;
mod types;

pub(crate) use change::{ProgressPoint, StatusChangeObject};
pub(crate) use collection::CollectionObject;
pub(crate) use connection::{
    ChangeConnection, DocumentConnection, MeasureConnection, PageConnection, ServiceScope,
    SupportServiceConnection, measure_connection,
};
pub(crate) use enums::{
    CategoryLevel, ChangeKind, DocumentKind, DocumentState, Language, LinkKind, MeasureStatus,
    OrderDirection, ProgressInterval, RouteKind, Severity,
};
pub(crate) use language::LanguageDefinition;
pub(crate) use navigation::{NavigationItem, navigation_items};
pub(crate) use node::Node;
pub(crate) use progress::ProgressObject;
pub(crate) use redirect::{MAX_REDIRECTS, RedirectConnection};
pub(crate) use rich_text::RichTextObject;
pub(crate) use route::RouteObject;
pub(crate) use route_connection::{MAX_ROUTES, RouteConnection};
pub(crate) use route_list::OWN_FIELDS as OWN_FIELDS_OF_ROUTES;
pub(crate) use scalar::{DateTime, Json};
pub(crate) use search::{SearchConnection, SearchKind, SearchQuery};
pub(crate) use status::StatusDefinition;
pub(crate) use sync::{RevisionObject, SyncStatusObject};
pub(crate) use types::{
    CategoryObject, ChangeObject, DocumentObject, MeasureObject, PageObject, PlanObject, ServiceObject,
};
