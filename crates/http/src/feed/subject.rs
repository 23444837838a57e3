//! Subjects of changes: name, language and link of the changed node.

use std::collections::HashMap;

use passerelle_api::{ApiError, SiteUrls};
use passerelle_model::change::NodeKey;
use passerelle_model::key::PlanKey;
use passerelle_model::language::Language;
use passerelle_model::published::{PublishedPage, PublishedPlan};
use passerelle_storage::{ChangeLogEntry, ChangedObject, ReadView};

/// Changed node, as a feed entry shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// Language of the node.
    pub(super) lang: Language,
    /// Number of a measure, path of a category or document, title of a page or plan, or name of a service.
    pub(super) name: String,
    /// Additional text: title of a measure or category, year of a plan.
    pub(super) detail: Option<String>,
    /// URL in the front end. For a removed node, the last one. `None` for a document.
    pub(super) url: Option<String>,
}

/// Subjects of changes.
pub(super) struct Subjects {
    /// Subjects that exist in the revision, by node.
    existing: HashMap<NodeKey, Subject>,
    /// Language and URL of removed nodes at the revision of their change.
    removed: HashMap<ChangedObject, (Language, String)>,
}

impl Subjects {
    /// Loads the subjects of changes in batches: one SQL statement per node type, and one per plan for
    /// categories.
    pub(super) async fn load(
        view: &ReadView,
        changes: &[ChangeLogEntry],
        site_urls: &SiteUrls,
    ) -> Result<Self, ApiError> {
        let nodes: Vec<&NodeKey> = changes.iter().filter_map(|change| change.node.as_ref()).collect();
        let mut subjects = HashMap::new();
        load_plan_subjects(view, &nodes, &mut subjects).await?;
        load_page_subjects(view, &nodes, &mut subjects).await?;
        load_document_subjects(view, &nodes, &mut subjects).await?;
        let mut result = Self { existing: subjects, removed: HashMap::new() };
        result.load_urls(view, changes, site_urls).await?;
        Ok(result)
    }

    /// Loads the URL of each node: the present one, or the last one of a removed node.
    async fn load_urls(
        &mut self,
        view: &ReadView,
        changes: &[ChangeLogEntry],
        site_urls: &SiteUrls,
    ) -> Result<(), ApiError> {
        let object = |change: &ChangeLogEntry| -> Option<ChangedObject> {
            let node = change.node.clone()?;
            let exists = self.existing.contains_key(&node);
            Some((node, if exists { view.revision().number } else { change.revision.number }))
        };
        let objects: Vec<ChangedObject> = changes.iter().filter_map(object).collect();
        let addresses = view.addresses_of_changes(&objects).await?;
        for object in objects {
            let Some(address) = addresses.get(&object) else { continue };
            let url = site_urls.for_object(address);
            match self.existing.get_mut(&object.0) {
                Some(subject) => subject.url = Some(url),
                None => drop(self.removed.insert(object, (address.lang(), url))),
            }
        }
        Ok(())
    }

    /// Returns the subject of a change.
    ///
    /// A removed node has its last known title, or its key, its last URL and its last language. The language
    /// is French if the history of the node was pruned.
    pub(super) fn get(&self, node: &NodeKey, change: &ChangeLogEntry) -> Subject {
        let previous_title = || change.before.clone().filter(|_| change.field.is_none());
        let name = || previous_title().unwrap_or_else(|| node.key().to_owned());
        let removed = || {
            let last = self.removed.get(&(node.clone(), change.revision.number));
            let (lang, url) = last.map_or((Language::Fr, None), |(lang, url)| (*lang, Some(url.clone())));
            Subject { lang, name: name(), detail: None, url }
        };
        self.existing.get(node).cloned().unwrap_or_else(removed)
    }
}

/// Returns the sorted keys of one node type, without duplicates.
fn keys<'n, K: Clone + Ord + 'n>(
    nodes: &[&'n NodeKey],
    key: impl Fn(&'n NodeKey) -> Option<&'n K>,
) -> Vec<K> {
    let mut keys: Vec<K> = nodes.iter().filter_map(|node| key(node)).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Loads plans, categories and measures.
async fn load_plan_subjects(
    view: &ReadView,
    nodes: &[&NodeKey],
    subjects: &mut HashMap<NodeKey, Subject>,
) -> Result<(), ApiError> {
    let measures = keys(nodes, |node| if let NodeKey::Measure(key) = node { Some(key) } else { None });
    let categories = keys(nodes, |node| if let NodeKey::Category(key) = node { Some(key) } else { None });
    let all = view.cached_plans().await?;
    let plans: HashMap<PlanKey, &PublishedPlan> =
        all.iter().map(|plan| (plan.key.clone(), plan.as_ref())).collect();
    let lang = |plan: &PlanKey| plans.get(plan).map(|plan| plan.heading.lang).unwrap_or_default();
    if !measures.is_empty() {
        subjects.extend(view.measures_by_key(&measures).await?.into_iter().map(|(key, measure)| {
            let (lang, name) = (lang(&measure.plan), measure.number.to_string());
            let subject = Subject { lang, name, detail: Some(measure.title.text.clone()), url: None };
            (NodeKey::Measure(key), subject)
        }));
    }
    if !categories.is_empty() {
        let plans_of = view.plans_of_categories(&categories).await?;
        let mut trees = HashMap::new();
        for plan in categories.iter().filter_map(|category| plans_of.get(category)) {
            if !trees.contains_key(plan) {
                trees.insert(plan, view.category_tree(plan).await?);
            }
        }
        subjects.extend(categories.into_iter().filter_map(|key| {
            let plan = plans_of.get(&key)?;
            let category = trees.get(plan)?.get(&key)?;
            let (name, detail) = (category.path.as_str().to_owned(), Some(category.title.clone()));
            Some((NodeKey::Category(key), Subject { lang: lang(plan), name, detail, url: None }))
        }));
    }
    subjects.extend(plans.into_iter().map(|(key, plan)| {
        let year = plan.heading.year.map(|year| year.to_string());
        let subject =
            Subject { lang: plan.heading.lang, name: plan.heading.title.clone(), detail: year, url: None };
        (NodeKey::Plan(key), subject)
    }));
    Ok(())
}

/// Loads pages and support services. A service has the language of its page.
async fn load_page_subjects(
    view: &ReadView,
    nodes: &[&NodeKey],
    subjects: &mut HashMap<NodeKey, Subject>,
) -> Result<(), ApiError> {
    let mut pages = keys(nodes, |node| if let NodeKey::Page(key) = node { Some(key) } else { None });
    let services = keys(nodes, |node| if let NodeKey::Service(key) = node { Some(key) } else { None });
    let services = if services.is_empty() { HashMap::new() } else { view.services_by_key(&services).await? };
    pages.extend(services.values().map(|service| service.page.clone()));
    if pages.is_empty() {
        return Ok(());
    }
    let pages = view.pages_by_key(&pages).await?;
    let subject = |page: &PublishedPage| Subject {
        lang: page.page.lang,
        name: page.page.title.clone(),
        detail: None,
        url: None,
    };
    let shown = services.into_iter().filter_map(|(key, service)| {
        let page = pages.get(&service.page)?;
        Some((NodeKey::Service(key), Subject { name: service.service.name, ..subject(page) }))
    });
    subjects.extend(shown);
    subjects.extend(pages.iter().map(|(key, page)| (NodeKey::Page(key.clone()), subject(page))));
    Ok(())
}

/// Loads documents. The language comes from the path.
async fn load_document_subjects(
    view: &ReadView,
    nodes: &[&NodeKey],
    subjects: &mut HashMap<NodeKey, Subject>,
) -> Result<(), ApiError> {
    let documents = keys(nodes, |node| if let NodeKey::Document(key) = node { Some(key) } else { None });
    if !documents.is_empty() {
        subjects.extend(view.documents_by_key(&documents).await?.into_iter().map(|(key, document)| {
            let lang = Language::from_path(&document.path).unwrap_or_default();
            let name = document.path.as_str().to_owned();
            (NodeKey::Document(key), Subject { lang, name, detail: None, url: None })
        }));
    }
    Ok(())
}
