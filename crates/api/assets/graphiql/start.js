// Starts GraphiQL on this service's own endpoint, with a first query to try.
const firstQuery = `# How far is the newest plan, axis by axis?
query Progress {
  plan {
    title
    progress { total completed ratio }
    axes {
      label
      title
      progress { total completed }
      measures(first: 3, filter: { status: [COMPLETED] }) {
        totalCount
        nodes { number title { text } status }
      }
    }
  }
}
`;

const fetcher = GraphiQL.createFetcher({ url: '/graphql' });

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: firstQuery, defaultEditorToolsVisibility: false }),
);
