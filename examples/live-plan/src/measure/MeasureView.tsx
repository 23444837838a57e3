import { unmask } from '../gql/fragment-masking';
import {
  HistoryStepFragmentDoc,
  type Language,
  MeasureDocument,
  MeasureLinkFragmentDoc,
  StatusFragmentDoc,
} from '../gql/graphql';
import { Html } from '../Html';
import { LanguageLinks } from '../LanguageLinks';
import { State } from '../State';
import { useLiveQuery } from '../useLiveQuery';
import { words } from '../words';
import { History } from './History';

interface Properties {
  lang: Language;
  edition: string;
  number: number;
}

export default function MeasureView({ lang, edition, number }: Properties) {
  const text = words[lang];
  const { data, fetching, error } = useLiveQuery({ query: MeasureDocument, variables: { edition, number, lang } });
  const measure = data?.measure;
  if (!measure) return <State text={text} fetching={fetching} error={error} />;

  const statuses = unmask(StatusFragmentDoc, data.statuses);
  const previous = unmask(MeasureLinkFragmentDoc, measure.previous);
  const next = unmask(MeasureLinkFragmentDoc, measure.next);
  return (
    <article>
      <title>{measure.title.text}</title>
      <LanguageLinks
        label={text.language}
        links={measure.translations.map(({ url, plan }) => ({ url, lang: plan.lang }))}
      />
      <nav className="breadcrumbs" aria-label={measure.plan.title}>
        <a href={measure.plan.url}>{measure.plan.title}</a>
        {measure.categories.map(({ id, url, levelLabel, title }) => (
          <a key={id} href={url} title={levelLabel}>
            {title}
          </a>
        ))}
      </nav>
      <p className="label">{measure.label}</p>
      <Html as="h1" html={measure.title.html} />
      <p className="status">{measure.statusLabel}</p>
      {measure.footnotes.map(({ number: note, text: { html } }) => (
        <Html key={note} html={html} />
      ))}
      {measure.repeats.length > 0 && (
        <>
          <h2>{text.repeats}</h2>
          <ul>
            {unmask(MeasureLinkFragmentDoc, measure.repeats).map(({ id, label, url, title }) => (
              <li key={id}>
                {label} <a href={url}>{title.text}</a>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>{text.history}</h2>
      <History steps={unmask(HistoryStepFragmentDoc, measure.statusChanges)} statuses={statuses} lang={lang} />
      <nav className="paging" aria-label={text.measures}>
        {previous && <a href={previous.url}>{text.previous}</a>}
        {next && <a href={next.url}>{text.next}</a>}
      </nav>
    </article>
  );
}
