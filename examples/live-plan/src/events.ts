// Subscriptions over Server-Sent Events, by the EventSource of the browser.
//
// The browser reconnects by itself and sends the id of the last event, so nothing is lost. It gives up only if a proxy answers
// in place of a stopped service. The same request is then sent again, and repeats changes from its `since` on: harmless.
import type { SubscriptionForwarder } from '@urql/core';

/** Milliseconds between two attempts after the browser gave up. */
const RETRY = 2000;

/** Milliseconds in which several changes, for example of one saved document, are one reason to read again. */
const SETTLE = 50;

let isConnected = false;
let wasConnected = false;
/** The revisions of the first data. */
const revisions = new Set<unknown>();
let settling: ReturnType<typeof setTimeout> | undefined;
const events = new EventTarget();

function listen(name: 'connection' | 'news', listener: () => void) {
  events.addEventListener(name, listener);
  return () => {
    events.removeEventListener(name, listener);
  };
}

/** The state of the connection, for `useSyncExternalStore`. */
export const connection = {
  subscribe: (listener: () => void) => listen('connection', listener),
  isConnected: () => isConnected,
};

/** Calls a function when data may be old: something changed, or could have changed while nothing was received. */
export const onNews = (listener: () => void) => listen('news', listener);

function announce() {
  settling ??= setTimeout(() => {
    settling = undefined;
    events.dispatchEvent(new Event('news'));
  }, SETTLE);
}

/** Notes the revision of a response. */
export function noteRevision(revision: unknown) {
  if (!wasConnected) revisions.add(revision);
}

/** Nothing can be missing if all data is of one revision, because changes are sent from that one on. */
function announceConnection() {
  if (wasConnected || revisions.size > 1) announce();
  wasConnected = true;
}

function setConnected(value: boolean) {
  isConnected = value;
  events.dispatchEvent(new Event('connection'));
}

addEventListener('online', announce);

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
        announceConnection();
      };
      source.onerror = () => {
        setConnected(false);
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY);
      };
      source.addEventListener('next', ({ data }) => {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-argument -- JSON of the service, typed by the document
        sink.next(JSON.parse(String(data)));
        announce();
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
