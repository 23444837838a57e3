import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { useSubscription } from 'urql';
import { connection } from './events';
import { unmask } from './gql/fragment-masking';
import { ChangesDocument, type Language, NavigationItemFragmentDoc, SiteDocument } from './gql/graphql';
import { navigate } from './router';
import { useLiveQuery } from './useLiveQuery';
import { localeOf, type Words, words } from './words';

/** What surrounds every view: navigation, search, the state of the connection. */
export function Frame({ lang, children }: { lang: Language; children: ReactNode }) {
  const text = words[lang];
  const { data, fetching } = useLiveQuery({ query: SiteDocument, variables: { lang } });
  useEffect(() => {
    document.documentElement.lang = localeOf(lang);
  }, [lang]);

  const search = (form: FormData) => {
    const query = form.get('query');
    if (typeof query === 'string' && query !== '') {
      navigate(`/${localeOf(lang)}/search?${new URLSearchParams({ query }).toString()}`);
    }
  };

  return (
    <>
      <header>
        <nav aria-label={text.navigation}>
          <ul>
            {data?.plans.map((plan) => (
              <li key={plan.id}>
                <a href={plan.url}>{plan.title}</a>
              </li>
            ))}
            {data?.navigation.flatMap((item) => [item, ...item.children]).map((item) => {
              const { title, url } = unmask(NavigationItemFragmentDoc, item);
              return (
                <li key={url}>
                  <a href={url}>{title}</a>
                </li>
              );
            })}
          </ul>
        </nav>
        <form role="search" action={search}>
          <input type="search" name="query" aria-label={text.search} />
          <button>{text.search}</button>
        </form>
      </header>
      {/* Both at once: a view that is there first would move when the navigation comes. */}
      <main hidden={fetching && !data}>{children}</main>
      <footer>{data && <Live text={text} since={data.revision.number} />}</footer>
    </>
  );
}

/** Receives every change from the revision of the first response on, so none between the two is lost. */
function Live({ text, since }: { text: Words; since: number }) {
  const [start] = useState(since);
  useSubscription({ query: ChangesDocument, variables: { since: start } });
  const isConnected = useSyncExternalStore(connection.subscribe, connection.isConnected);
  return (
    <p role="status" className={isConnected ? 'connected' : 'disconnected'}>
      {isConnected ? text.connected : text.disconnected}
    </p>
  );
}
