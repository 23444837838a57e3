import { useEffect, useState } from 'react';
import { type AnyVariables, useQuery, type UseQueryArgs } from 'urql';
import { onNews } from './events';

/**
 * `useQuery` for data that stays on the screen. What the cache has is shown at once, and read again: now, and when something
 * changed. If that fails, for example while the service restarts, the data stays. An answer that is not newer costs a 304.
 */
export function useLiveQuery<Data, Variables extends AnyVariables>(parameters: UseQueryArgs<Variables, Data>) {
  const [result, refetch] = useQuery<Data, Variables>({ requestPolicy: 'cache-and-network', ...parameters });
  useEffect(
    () =>
      onNews(() => {
        refetch({ requestPolicy: 'network-only' });
      }),
    [refetch],
  );

  const [last, setLast] = useState(result.data);
  if (result.data !== undefined && result.data !== last) setLast(result.data);
  return { data: result.data ?? last, fetching: result.fetching, error: result.error };
}
