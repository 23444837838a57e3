import { useState } from 'react';
import type { HistoryStepFragment, Language, StatusFragment } from '../gql/graphql';
import { localeOf } from '../words';

interface Properties {
  steps: readonly HistoryStepFragment[];
  statuses: readonly StatusFragment[];
  lang: Language;
}

const WIDTH = 600;
const ROW = 24;

/** The status over time: a chart, and the same as a list for those who do not see it. */
export function History({ steps, statuses, lang }: Properties) {
  const [now] = useState(() => Date.now());
  const definition = (status: string | null) => statuses.find((one) => one.status === status);
  const date = new Intl.DateTimeFormat(localeOf(lang), { dateStyle: 'long', timeStyle: 'short' });
  // One row for each status that the measure had, in the order of the API.
  const rows = statuses.filter(({ status }) => steps.some((step) => step.to === status));
  const times = steps.map((step) => Date.parse(step.at));
  const start = times[0] ?? 0;
  const length = Math.max(now - start, ...times.map((time) => time - start), 1);
  const x = (time: number) => ((time - start) / length) * WIDTH;
  return (
    <figure className="history">
      <svg viewBox={`0 0 ${WIDTH} ${rows.length * ROW}`} aria-hidden="true">
        {steps.map((step, index) => {
          const from = x(times[index] ?? start);
          const until = x(times[index + 1] ?? start + length);
          const row = rows.findIndex(({ status }) => status === step.to);
          return (
            <rect
              key={step.revision}
              x={from}
              y={row * ROW + 2}
              width={Math.max(until - from, 2)}
              height={ROW - 4}
              fill={definition(step.to)?.color}
            />
          );
        })}
      </svg>
      <ol>
        {steps.map(({ revision, from, to, at }) => (
          <li key={revision}>
            <time dateTime={at}>{date.format(new Date(at))}</time> {definition(from)?.label} → {definition(to)?.label}
          </li>
        ))}
      </ol>
    </figure>
  );
}
