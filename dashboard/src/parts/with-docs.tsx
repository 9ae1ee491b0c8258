/** A text in which the names of pages of the docs are links to them. */
import { partsOf } from '../docs-links.ts';

export function WithDocs({ text }: { text: string }) {
  return (
    <>
      {partsOf(text).map(({ text: part, href }, at) =>
        href === null ? (
          part
        ) : (
          <a key={at} href={href} target="_blank" rel="noreferrer">
            {part}
          </a>
        ),
      )}
    </>
  );
}
