// Starts GraphiQL on this service's own endpoint, with a tab for each example operation.
const emptyTab = '# Ctrl-Space completes. The book on the left explains every field.\n';

const once = GraphiQL.createFetcher({ url: '/graphql' });

// Subscriptions come as Server-Sent Events. GraphiQL stops them by `unsubscribe`.
function live(params) {
  return {
    subscribe({ next, error, complete }) {
      const stopping = new AbortController();
      read(params, stopping.signal, next).then(complete, (reason) => stopping.signal.aborted || error(reason));
      return { unsubscribe: () => stopping.abort() };
    },
  };
}

async function read(params, signal, next) {
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
  const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(params), signal });
  if (!response.headers.get('content-type').startsWith('text/event-stream')) {
    next(await response.json());
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: {'));
      if (data) next(JSON.parse(data.slice('data: '.length)));
    }
  }
}

function isSubscription({ operationName }, document) {
  const isMeant = ({ kind, name }) => kind === 'OperationDefinition' && (!operationName || name?.value === operationName);
  return document?.definitions.find(isMeant)?.operation === 'subscription';
}

const fetcher = (params, options) =>
  isSubscription(params, options?.documentAST) ? live(params) : once(params, options);

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: emptyTab,
    defaultTabs: globalThis.examples,
    defaultEditorToolsVisibility: 'variables',
  }),
);
