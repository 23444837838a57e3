//! What changes are about, as people call it.

use std::collections::HashMap;

use passerelle_api::{ApiError, PageUrl};
use passerelle_model::change::NodeKey;
use passerelle_model::key::PlanKey;
use passerelle_model::language::Language;
use passerelle_model::served::{ServedPage, ServedPlan};
use passerelle_storage::{LoggedChange, View};

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// Its language.
    pub(super) lang: Language,
    /// What tells it from others of its type: the number of a measure, the title of a page.
    pub(super) name: String,
    /// What it says of itself, where that is more than its name.
    pub(super) says: Option<String>,
    /// Where it is shown, if anywhere.
    pub(super) url: Option<String>,
}

/// What some changes are about, as far as it is served still.
pub(super) struct Subjects(HashMap<NodeKey, Subject>);

impl Subjects {
    /// Looks up what the changes are about: a statement for each type that occurs, not for each change.
    pub(super) async fn load(
        view: &View,
        changes: &[LoggedChange],
        page_url: &PageUrl,
    ) -> Result<Self, ApiError> {
        let nodes: Vec<&NodeKey> = changes.iter().filter_map(|change| change.node.as_ref()).collect();
        let mut subjects = HashMap::new();
        of_plans(view, &nodes, &mut subjects).await?;
        of_pages(view, &nodes, page_url, &mut subjects).await?;
        of_documents(view, &nodes, &mut subjects).await?;
        Ok(Self(subjects))
    }

    /// What a change is about. What is not served any more is called as it was when it went, else by its key, and told in
    /// French.
    pub(super) fn of(&self, node: &NodeKey, change: &LoggedChange) -> Subject {
        let called = || change.before.clone().filter(|_| change.field.is_none());
        let name = || called().unwrap_or_else(|| node.key().to_owned());
        let gone = || Subject { lang: Language::Fr, name: name(), says: None, url: None };
        self.0.get(node).cloned().unwrap_or_else(gone)
    }
}

/// The keys of one type, each once.
fn keys<'n, K: Clone + Ord + 'n>(
    nodes: &[&'n NodeKey],
    key: impl Fn(&'n NodeKey) -> Option<&'n K>,
) -> Vec<K> {
    let mut keys: Vec<K> = nodes.iter().filter_map(|node| key(node)).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Plans, their categories and their measures.
async fn of_plans(
    view: &View,
    nodes: &[&NodeKey],
    subjects: &mut HashMap<NodeKey, Subject>,
) -> Result<(), ApiError> {
    let measures = keys(nodes, |node| if let NodeKey::Measure(key) = node { Some(key) } else { None });
    let categories = keys(nodes, |node| if let NodeKey::Category(key) = node { Some(key) } else { None });
    let all = view.all_plans().await?;
    let plans: HashMap<PlanKey, &ServedPlan> =
        all.iter().map(|plan| (plan.key.clone(), plan.as_ref())).collect();
    let lang = |plan: &PlanKey| plans.get(plan).map(|plan| plan.heading.lang).unwrap_or_default();
    if !measures.is_empty() {
        subjects.extend(view.measures_by_key(&measures).await?.into_iter().map(|(key, measure)| {
            let (lang, name) = (lang(&measure.plan), measure.number.to_string());
            let subject = Subject { lang, name, says: Some(measure.title.text.clone()), url: None };
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
            let (name, says) = (category.path.as_str().to_owned(), Some(category.title.clone()));
            Some((NodeKey::Category(key), Subject { lang: lang(plan), name, says, url: None }))
        }));
    }
    subjects.extend(plans.into_iter().map(|(key, plan)| {
        let year = plan.heading.year.map(|year| year.to_string());
        let subject =
            Subject { lang: plan.heading.lang, name: plan.heading.title.clone(), says: year, url: None };
        (NodeKey::Plan(key), subject)
    }));
    Ok(())
}

/// Pages, and the services that they describe.
async fn of_pages(
    view: &View,
    nodes: &[&NodeKey],
    page_url: &PageUrl,
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
    let subject = |page: &ServedPage| Subject {
        lang: page.page.lang,
        name: page.page.title.clone(),
        says: None,
        url: Some(page_url.of(&page.page.slug, page.page.lang)),
    };
    let shown = services.into_iter().filter_map(|(key, service)| {
        let page = pages.get(&service.page)?;
        Some((NodeKey::Service(key), Subject { name: service.service.name, ..subject(page) }))
    });
    subjects.extend(shown);
    subjects.extend(pages.iter().map(|(key, page)| (NodeKey::Page(key.clone()), subject(page))));
    Ok(())
}

/// Documents, by their paths. Their language is what the path says.
async fn of_documents(
    view: &View,
    nodes: &[&NodeKey],
    subjects: &mut HashMap<NodeKey, Subject>,
) -> Result<(), ApiError> {
    let documents = keys(nodes, |node| if let NodeKey::Document(key) = node { Some(key) } else { None });
    if !documents.is_empty() {
        subjects.extend(view.documents_by_key(&documents).await?.into_iter().map(|(key, document)| {
            let lang = Language::from_path(&document.path).unwrap_or_default();
            let name = document.path.as_str().to_owned();
            (NodeKey::Document(key), Subject { lang, name, says: None, url: None })
        }));
    }
    Ok(())
}
