import { unmask } from '../gql/fragment-masking';
import {
  BranchFragmentDoc,
  type Language,
  type MeasureFilter,
  MeasureRowFragmentDoc,
  MeasureStatus,
  PlanDocument,
  StatusFragmentDoc,
} from '../gql/graphql';
import { LanguageLinks } from '../LanguageLinks';
import { useAddress, withParameters } from '../router';
import { State } from '../State';
import { useLiveQuery } from '../useLiveQuery';
import { words } from '../words';
import { Bar } from './Bar';
import { Branch } from './Branch';
import { Facets } from './Facets';

const PAGE_SIZE = 10;

const isStatus = (value: string): value is MeasureStatus => Object.values<string>(MeasureStatus).includes(value);

/** The address says what is shown: filters and position. So the back button, links and bookmarks work. */
function variablesAt(address: URL, category: string | undefined) {
  const values = (name: string) => address.searchParams.getAll(name);
  const filter: MeasureFilter = {};
  const statuses = values('status');
  if (statuses.length > 0) filter.status = statuses.filter(isStatus);
  const categories = category === undefined ? values('category') : [category];
  if (categories.length > 0) filter.category = categories;
  if (values('programme').length > 0) filter.programme = values('programme');
  const after = address.searchParams.get('after');
  const before = address.searchParams.get('before');
  return before === null ? { filter, first: PAGE_SIZE, after } : { filter, last: PAGE_SIZE, before };
}

interface Properties {
  lang: Language;
  edition: string;
  category?: string;
}

export function PlanView({ lang, edition, category }: Properties) {
  const text = words[lang];
  const address = useAddress();
  const variables = { edition, lang, ...variablesAt(address, category) };
  const { data, fetching, error } = useLiveQuery({ query: PlanDocument, variables });
  const plan = data?.plan;
  if (!plan) return <State text={text} fetching={fetching} error={error} />;

  const statuses = unmask(StatusFragmentDoc, data.statuses);
  const { pageInfo, totalCount, facets, nodes } = plan.measures;
  const page = (parameters: { after: string } | { before: string }) =>
    withParameters(address, { after: '', before: '', ...parameters });
  return (
    <>
      <title>{plan.title}</title>
      <LanguageLinks label={text.language} links={plan.translations} />
      <h1>{plan.title}</h1>
      <Bar progress={plan.progress} statuses={statuses} />
      <ul className="axes">
        {plan.axes.map((axis) => (
          <Branch key={unmask(BranchFragmentDoc, axis).id} branch={axis} statuses={statuses}>
            <ul>
              {axis.children.map((objective) => (
                <Branch key={unmask(BranchFragmentDoc, objective).id} branch={objective} statuses={statuses} />
              ))}
            </ul>
          </Branch>
        ))}
      </ul>
      <section aria-busy={fetching}>
        <Facets text={text} statuses={statuses} facets={facets} />
        <h2>
          {totalCount} {text.measures}
        </h2>
        {category !== undefined && <a href={plan.url}>{text.all}</a>}
        <ol className="measures">
          {unmask(MeasureRowFragmentDoc, nodes).map((measure) => (
            <li key={measure.id}>
              <span className="label">{measure.label}</span>
              <a href={measure.url}>{measure.title.text}</a>
              <span className="status" style={{ color: statuses.find(({ status }) => status === measure.status)?.color }}>
                {measure.statusLabel}
              </span>
            </li>
          ))}
        </ol>
        <nav className="paging" aria-label={text.measures}>
          {pageInfo.hasPreviousPage && <a href={page({ before: pageInfo.startCursor ?? '' })}>{text.previous}</a>}
          {pageInfo.hasNextPage && <a href={page({ after: pageInfo.endCursor ?? '' })}>{text.next}</a>}
        </nav>
      </section>
    </>
  );
}
