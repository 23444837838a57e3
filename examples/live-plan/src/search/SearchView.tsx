import { unmask } from '../gql/fragment-masking';
import { HitFragmentDoc, type Language, SearchDocument, SearchKind } from '../gql/graphql';
import { useAddress, withParameters } from '../router';
import { State } from '../State';
import { useLiveQuery } from '../useLiveQuery';
import { words } from '../words';

const isKind = (value: string): value is SearchKind => Object.values<string>(SearchKind).includes(value);

export default function SearchView({ lang }: { lang: Language }) {
  const text = words[lang];
  const address = useAddress();
  const query = address.searchParams.get('query') ?? '';
  const kinds = address.searchParams.getAll('kind').filter(isKind);
  const after = address.searchParams.get('after');
  const { data, fetching, error } = useLiveQuery({ query: SearchDocument, variables: { query, lang, kinds, after } });
  if (!data) return <State text={text} fetching={fetching} error={error} />;

  const { totalCount, didYouMean, facets, nodes, pageInfo } = data.search;
  return (
    <>
      <title>{query}</title>
      <h1>{query}</h1>
      <p>{totalCount === 0 && text.none}</p>
      {didYouMean !== null && (
        <p>
          {text.didYouMean} <a href={withParameters(address, { query: didYouMean })}>{didYouMean}</a>
        </p>
      )}
      <nav className="facets" aria-label={text.filters}>
        {facets.map(({ kind, label, count }) => (
          <a
            key={kind}
            href={withParameters(address, { kind: kinds.includes(kind) ? '' : kind, after: '' })}
            aria-current={kinds.includes(kind)}
          >
            {label} <span className="count">{count}</span>
          </a>
        ))}
      </nav>
      <ol className="hits">
        {unmask(HitFragmentDoc, nodes).map(({ url, title, breadcrumb, snippet }) => (
          <li key={url}>
            {/* The address has the heading of the match as its fragment. */}
            <a href={url}>{title}</a>
            <p className="breadcrumbs">{breadcrumb.join(' › ')}</p>
            {/* Matched words are in <mark>, everything else is escaped. */}
            <p dangerouslySetInnerHTML={{ __html: snippet }} />
          </li>
        ))}
      </ol>
      <nav className="paging" aria-label={text.search}>
        {pageInfo.hasNextPage && <a href={withParameters(address, { after: pageInfo.endCursor ?? '' })}>{text.next}</a>}
      </nav>
    </>
  );
}
