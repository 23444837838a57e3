import type { CombinedError } from 'urql';
import type { Words } from './words';

/** Shown in place of a view that has no data: a null object is not an error, a failed request is. */
export function State({ text, fetching, error }: { text: Words; fetching: boolean; error: CombinedError | undefined }) {
  if (error) return <p role="alert">{error.networkError ? text.failed : error.message}</p>;
  return fetching ? <p aria-busy="true" /> : <p>{text.notFound}</p>;
}
