/** HTML of the API. The service has made it safe, and resolved its links and images. */
export function Html({ html, as: Tag = 'div' }: { html: string; as?: 'div' | 'h1' }) {
  return <Tag dangerouslySetInnerHTML={{ __html: html }} />;
}
