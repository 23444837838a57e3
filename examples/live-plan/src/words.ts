// The words of this front end. Labels of statuses, levels, kinds and fields come from the API, names of languages from the browser.
import type { Language } from './gql/graphql';

const french = {
  all: 'Toutes les mesures',
  category: 'Axe',
  connected: 'En direct',
  didYouMean: 'Essayez :',
  disconnected: 'Hors ligne : les données affichées peuvent être anciennes',
  failed: 'Le service ne répond pas.',
  filters: 'Filtres',
  history: 'Historique',
  language: 'Langue',
  measures: 'mesures',
  navigation: 'Pages',
  next: 'Suivant',
  none: 'Aucun résultat.',
  notFound: 'Cette adresse ne mène nulle part.',
  previous: 'Précédent',
  programme: 'Programme',
  repeats: 'Aussi inscrite ici',
  reset: 'Retirer les filtres',
  search: 'Rechercher',
  status: 'Statut',
};

export type Words = typeof french;

export const words: Record<Language, Words> = {
  FR: french,
  NL: {
    all: 'Alle maatregelen',
    category: 'As',
    connected: 'Live',
    didYouMean: 'Probeer:',
    disconnected: 'Offline: de getoonde gegevens kunnen verouderd zijn',
    failed: 'De dienst antwoordt niet.',
    filters: 'Filters',
    history: 'Geschiedenis',
    language: 'Taal',
    measures: 'maatregelen',
    navigation: 'Pagina’s',
    next: 'Volgende',
    none: 'Geen resultaten.',
    notFound: 'Dit adres leidt nergens heen.',
    previous: 'Vorige',
    programme: 'Programma',
    repeats: 'Ook hier opgenomen',
    reset: 'Filters wissen',
    search: 'Zoeken',
    status: 'Status',
  },
  DE: {
    all: 'Alle Maßnahmen',
    category: 'Achse',
    connected: 'Live',
    didYouMean: 'Versuchen Sie:',
    disconnected: 'Offline: Die gezeigten Daten können veraltet sein',
    failed: 'Der Dienst antwortet nicht.',
    filters: 'Filter',
    history: 'Verlauf',
    language: 'Sprache',
    measures: 'Maßnahmen',
    navigation: 'Seiten',
    next: 'Weiter',
    none: 'Keine Ergebnisse.',
    notFound: 'Diese Adresse führt nirgendwohin.',
    previous: 'Zurück',
    programme: 'Programm',
    repeats: 'Auch hier aufgeführt',
    reset: 'Filter entfernen',
    search: 'Suchen',
    status: 'Status',
  },
  EN: {
    all: 'All measures',
    category: 'Axis',
    connected: 'Live',
    didYouMean: 'Try:',
    disconnected: 'Offline: what is shown may be old',
    failed: 'The service does not answer.',
    filters: 'Filters',
    history: 'History',
    language: 'Language',
    measures: 'measures',
    navigation: 'Pages',
    next: 'Next',
    none: 'No results.',
    notFound: 'Nothing is at this address.',
    previous: 'Previous',
    programme: 'Programme',
    repeats: 'Also listed here',
    reset: 'Remove filters',
    search: 'Search',
    status: 'Status',
  },
};

export const localeOf = (lang: Language) => lang.toLowerCase();

/** Returns the name of a language in that language, for example `français`. */
export function languageName(lang: Language): string {
  return new Intl.DisplayNames([localeOf(lang)], { type: 'language' }).of(localeOf(lang)) ?? lang;
}
