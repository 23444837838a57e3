import { type FragmentType, unmask } from '../gql/fragment-masking';
import { PictureFragmentDoc } from '../gql/graphql';

/** An image in the size of the screen. Its colour and its proportions are there before it is loaded. */
export function Picture({ image }: { image: FragmentType<typeof PictureFragmentDoc> }) {
  const { alt, dominantColor, srcset, rendition } = unmask(PictureFragmentDoc, image);
  return (
    <img
      alt={alt ?? ''}
      src={rendition.url}
      srcSet={srcset}
      sizes="(min-width: 40rem) 640px, 100vw"
      width={rendition.width}
      height={rendition.height}
      loading="lazy"
      style={{ background: dominantColor ?? undefined }}
    />
  );
}
