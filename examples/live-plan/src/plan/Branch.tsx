import type { ReactNode } from 'react';
import { type FragmentType, unmask } from '../gql/fragment-masking';
import { BranchFragmentDoc, type StatusFragment } from '../gql/graphql';
import { Bar } from './Bar';

interface Properties {
  branch: FragmentType<typeof BranchFragmentDoc>;
  statuses: readonly StatusFragment[];
  children?: ReactNode;
}

/** An axis or an objective with its progress. Its address shows its measures. */
export function Branch({ branch, statuses, children }: Properties) {
  const { levelLabel, label, title, url, progress } = unmask(BranchFragmentDoc, branch);
  return (
    <li>
      <a href={url}>
        {levelLabel} {label} {title}
      </a>
      <Bar progress={progress} statuses={statuses} />
      {children}
    </li>
  );
}
