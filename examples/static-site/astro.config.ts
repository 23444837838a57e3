import { defineConfig } from 'astro/config';
import { RedirectsDocument, RoutesDocument } from './src/gql/graphql';
import { query } from './src/service';

const { redirects } = await query(RedirectsDocument);
const { routes } = await query(RoutesDocument);
const start = routes.nodes.find(({ kind }) => kind === 'PLAN');

export default defineConfig({
  // The public address of the site, for the sitemap.
  site: process.env['SITE'] ?? 'https://www.example.org',
  outDir: process.env['OUT'] ?? 'dist',
  // The addresses of the API have no slash at the end: `/fr/saq` is the file `fr/saq.html`.
  trailingSlash: 'never',
  build: { format: 'file' },
  // Former addresses of renamed pages, services and plans. `/` has no page of its own.
  redirects: {
    ...Object.fromEntries(redirects.nodes.map(({ url, canonicalUrl }) => [url, canonicalUrl])),
    ...(start ? { '/': start.url } : {}),
  },
});
