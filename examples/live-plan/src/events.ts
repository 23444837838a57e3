// Subscriptions over Server-Sent Events, by the EventSource of the browser.
//
// The browser reconnects by itself and sends the id of the last event, so nothing is lost. It gives up only if a proxy answers
// in place of a stopped service. The same request is then sent again: it repeats changes from its `since` on, and the cache
// reads its lists again, which is harmless.
import type { SubscriptionForwarder } from '@urql/core';

/** Milliseconds between two attempts after the browser gave up. */
const RETRY = 2000;

let isConnected = false;
const listeners = new Set<() => void>();

function setConnected(value: boolean) {
  isConnected = value;
  for (const listener of listeners) listener();
}

/** The state of the connection, for `useSyncExternalStore`. */
export const connection = {
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isConnected: () => isConnected,
};

export const forwardSubscription: SubscriptionForwarder = ({ query, variables, extensions }) => ({
  subscribe(sink) {
    const parameters = new URLSearchParams({ variables: JSON.stringify(variables ?? {}) });
    if (extensions?.persistedQuery) parameters.set('extensions', JSON.stringify(extensions));
    else parameters.set('query', query ?? '');

    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(`/graphql?${parameters.toString()}`);
      source.onopen = () => {
        setConnected(true);
      };
      source.onerror = () => {
        setConnected(false);
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY);
      };
      source.addEventListener('next', ({ data }) => {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-argument -- JSON of the service, typed by the document
        sink.next(JSON.parse(String(data)));
      });
    };
    open();
    return {
      unsubscribe() {
        clearTimeout(timer);
        source.close();
      },
    };
  },
});
