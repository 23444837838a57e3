import { type FragmentType, unmask } from '../gql/fragment-masking';
import { ProgressFragmentDoc, type StatusFragment } from '../gql/graphql';

interface Properties {
  progress: FragmentType<typeof ProgressFragmentDoc> | null;
  statuses: readonly StatusFragment[];
}

/** One bar by status. Null if no measure has a known status. */
export function Bar({ progress, statuses }: Properties) {
  const found = unmask(ProgressFragmentDoc, progress);
  if (!found) return null;
  const segments = found.counts.flatMap(({ status, count }) => {
    const definition = statuses.find((one) => one.status === status);
    return definition && count > 0 ? [{ ...definition, count }] : [];
  });
  const summary = segments.map(({ label, count }) => `${label} ${count}`).join(', ');
  return (
    <p className="progress">
      <span className="bar" role="img" aria-label={summary} title={summary}>
        {segments.map(({ status, color, count }) => (
          <span key={status} style={{ background: color, flexGrow: count }} />
        ))}
      </span>
      <span>
        {found.completed} / {found.total}
      </span>
    </p>
  );
}
