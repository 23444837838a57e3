// Addresses. They are those of the API (`url`), with the patterns that the service has without further settings.
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { Language } from './gql/graphql';

export type View =
  | { name: 'start' }
  | { name: 'search'; lang: Language }
  | { name: 'plan'; lang: Language; edition: string; category?: string }
  | { name: 'measure'; lang: Language; edition: string; number: number }
  | { name: 'page'; lang: Language; slug: string };

const isLanguage = (code: string): code is Language => Object.values<string>(Language).includes(code);

/** Returns what is at a path. */
export function viewAt(path: string): View {
  const [code = '', first = '', ...rest] = decodeURIComponent(path).split('/').filter(Boolean);
  const lang = code.toUpperCase();
  if (!isLanguage(lang)) return { name: 'start' };
  if (first === 'search') return { name: 'search', lang };
  const [edition, kind, key = ''] = rest;
  if (first === 'plans' && edition !== undefined) {
    if (kind === 'measures') return { name: 'measure', lang, edition, number: Number(key) };
    return kind === 'categories' ? { name: 'plan', lang, edition, category: key } : { name: 'plan', lang, edition };
  }
  return { name: 'page', lang, slug: [first, ...rest].join('/') };
}

function subscribe(listener: () => void) {
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('popstate', listener);
  };
}

/** Returns the present address, and renders again when it changes. */
export function useAddress(): URL {
  return new URL(useSyncExternalStore(subscribe, () => location.href));
}

export function navigate(url: string, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  dispatchEvent(new PopStateEvent('popstate'));
}

/** Returns an address with other parameters. Empty ones are left out. */
export function withParameters(url: URL, parameters: Record<string, string | string[]>): string {
  const next = new URL(url);
  next.hash = '';
  for (const [name, values] of Object.entries(parameters)) {
    next.searchParams.delete(name);
    for (const value of [values].flat()) if (value !== '') next.searchParams.append(name, value);
  }
  return next.pathname + next.search;
}

/** Follows links of this site without loading a document, those in HTML of the API too. */
export function Links({ children }: { children: ReactNode }) {
  const follow = (event: React.MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isPlain = !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain || link.target !== '' || link.origin !== location.origin) return;
    // Files of the service, and anchors of the same page, are left to the browser.
    const isAnchor = link.hash !== '' && link.pathname === location.pathname;
    if (isAnchor || /\/_(images|files)\/|^\/(graphql|exports|feeds)/.test(link.pathname)) return;
    event.preventDefault();
    navigate(link.href);
    if (link.hash === '') scrollTo(0, 0);
  };
  return <div onClick={follow}>{children}</div>;
}

/** Scrolls to the heading that the address names, once it is on the screen. */
export function useAnchor(isReady: boolean) {
  const { hash, pathname } = useAddress();
  useEffect(() => {
    if (isReady && hash !== '') document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
  }, [isReady, hash, pathname]);
}
