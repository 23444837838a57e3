import type { BlockFragment } from '../gql/graphql';
import { Html } from '../Html';
import { Picture } from './Picture';

interface Properties {
  /** All blocks of the page in document order. */
  blocks: readonly BlockFragment[];
  parentId: string | null;
}

/** The blocks inside a block, or at the top of the page. Calls itself for blocks inside blocks. */
export function Blocks({ blocks, parentId }: Properties) {
  return blocks
    .filter((block) => block.parentId === parentId)
    .map((block) => (
      <Block key={block.id} block={block}>
        <Blocks blocks={blocks} parentId={block.id} />
      </Block>
    ));
}

function Block({ block, children }: { block: BlockFragment; children: React.ReactNode }) {
  // The content of the block itself. Empty if the text around it has it already.
  const { html } = block.ownContent;
  switch (block.__typename) {
    case 'CalloutBlock':
      return (
        <aside aria-label={block.label}>
          <Html html={html} />
          {children}
        </aside>
      );
    case 'ImageBlock':
      return html === '' ? null : <Picture image={block.image} />;
    case 'CollectionBlock':
      return (
        <ul className="cards">
          {block.pages.nodes.map(({ id, title, url, excerpt, image }) => (
            <li key={id}>
              {image && <Picture image={image} />}
              <a href={url}>{title}</a>
              <p>{excerpt}</p>
            </li>
          ))}
        </ul>
      );
    case 'SectionBlock':
      return (
        <div className="section">
          <Html html={html} />
          {children}
        </div>
      );
    default:
      return (
        <>
          <Html html={html} />
          {children}
        </>
      );
  }
}
