// Queries to the service, while the site is built.
import type { TypedDocumentString } from './gql/graphql';

export const service = process.env['SERVICE'] ?? 'http://127.0.0.1:8080';

interface Answer<Result> {
  data?: Result;
  errors?: { message: string }[];
}

/** Returns the data of a response. Any error stops the build: a page with holes is worse than yesterday's page. */
export async function query<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  const response = await fetch(`${service}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- JSON of the service, typed by the document
  const { data, errors }: Answer<Result> = await response.json();
  if (!data || errors) throw new Error(errors?.map(({ message }) => message).join('\n') ?? response.statusText);
  return data;
}
