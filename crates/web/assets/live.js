// Updates a page without a reload: after a change of the content, and while a filter is edited.
// Without this script the page shows the same after a reload, and the form works with its button.

const main = document.querySelector("main");
const announcement = document.querySelector("[role=status]");
let loading = null;

/** Fetches a page and replaces the parts that differ. Returns true if any did. */
async function update(url) {
  loading?.abort();
  const controller = new AbortController();
  loading = controller;
  const response = await fetch(url, { headers: { accept: "text/html" }, signal: controller.signal });
  if (!response.ok) return false;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  let changed = false;
  for (const part of next.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old || old.innerHTML === part.innerHTML) continue;
    const opened = [...old.querySelectorAll("details")].map((details) => details.open);
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceChildren(...document.importNode(part, true).childNodes);
    [...old.querySelectorAll("details")].forEach((details, at) => { details.open = opened[at] ?? false; });
    if (focused) old.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    old.classList.remove("changed");
    requestAnimationFrame(() => old.classList.add("changed"));
    changed = true;
  }
  return changed;
}

/** Runs a function once, after a time without a further call. */
function debounced(milliseconds, run) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => run().catch((error) => {
      if (error.name !== "AbortError") throw error;
    }), milliseconds);
  };
}

const form = document.querySelector("form.filter[role=search]");
if (form) {
  const apply = debounced(200, async () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const url = query.size ? `${form.action}?${query}` : form.action;
    if (await update(url)) announcement.textContent = main.querySelector("[data-summary]").textContent;
    history.replaceState(null, "", url);
  });
  // A past date changes the whole page.
  form.addEventListener("input", (event) => { if (event.target.name !== "at") apply(); });
}

const { live: query, variables } = main.dataset;
if (query) {
  const refresh = debounced(50, async () => {
    if (await update(location.href)) announcement.textContent = announcement.dataset.updated;
  });
  let events;
  const connect = () => {
    events = new EventSource(`/graphql?${new URLSearchParams({ query, variables })}`);
    events.addEventListener("next", refresh);
    events.addEventListener("complete", () => events.close());
  };
  connect();
  addEventListener("pagehide", () => events.close());
  // The browser shows the page again as it was left.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    connect();
    refresh();
  });
}
