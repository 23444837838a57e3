import type { APIRoute } from 'astro';
import { RoutesDocument } from '../gql/graphql';
import { query } from '../service';

export const GET: APIRoute = async ({ site }) => {
  const { routes } = await query(RoutesDocument);
  const absolute = (url: string) => new URL(url, site).href.replaceAll('&', '&amp;');
  const entries = routes.nodes.map(
    ({ url, updatedAt, alternates }) =>
      `<url><loc>${absolute(url)}</loc><lastmod>${updatedAt}</lastmod>${alternates
        .map((one) => `<xhtml:link rel="alternate" hreflang="${one.lang.toLowerCase()}" href="${absolute(one.url)}"/>`)
        .join('')}</url>`,
  );
  return new Response(
    `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${entries.join('\n')}
</urlset>
`,
    { headers: { 'content-type': 'application/xml' } },
  );
};
