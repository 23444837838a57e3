import type { Language } from './gql/graphql';
import { languageName, localeOf } from './words';

/** Links to the translations of what is shown. */
export function LanguageLinks({ label, links }: { label: string; links: { lang: Language; url: string }[] }) {
  if (links.length === 0) return null;
  return (
    <nav aria-label={label}>
      {links.map(({ lang, url }) => (
        <a key={url} href={url} lang={localeOf(lang)} hrefLang={localeOf(lang)}>
          {languageName(lang)}
        </a>
      ))}
    </nav>
  );
}
