import { useEffect } from 'react';
import { unmask } from '../gql/fragment-masking';
import { BlockFragmentDoc, type Language, PageDocument } from '../gql/graphql';
import { LanguageLinks } from '../LanguageLinks';
import { navigate, useAnchor } from '../router';
import { State } from '../State';
import { useLiveQuery } from '../useLiveQuery';
import { words } from '../words';
import { Blocks } from './Blocks';

export default function PageView({ slug, lang }: { slug: string; lang: Language }) {
  const text = words[lang];
  const { data, fetching, error } = useLiveQuery({ query: PageDocument, variables: { slug, lang } });
  const page = data?.page;
  useAnchor(page !== undefined);
  // A page that was renamed is found by its former slug too.
  const canonicalUrl = page?.canonicalUrl;
  useEffect(() => {
    if (canonicalUrl !== undefined && canonicalUrl !== decodeURIComponent(location.pathname)) {
      navigate(canonicalUrl + location.hash, { replace: true });
    }
  }, [canonicalUrl]);
  if (!page) return <State text={text} fetching={fetching} error={error} />;

  return (
    <article>
      <title>{page.title}</title>
      {page.description !== null && <meta name="description" content={page.description} />}
      <LanguageLinks label={text.language} links={page.translations} />
      <nav className="breadcrumbs" aria-label={page.title}>
        {page.breadcrumbs.map(({ title, url }) => (
          <a key={url} href={url}>
            {title}
          </a>
        ))}
      </nav>
      <Blocks blocks={unmask(BlockFragmentDoc, page.blocks)} parentId={null} />
    </article>
  );
}
