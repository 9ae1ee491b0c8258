/** A text in which the names of pages of the docs are links to them, where the server has them. */
import { partsOf } from '../docs-links.ts';

/** The npm package has no room for them, and says so in the page (scripts/package/npm.ts). */
const areDocsHere = () => document.querySelector('meta[name="docs"][content="absent"]') === null;

export function WithDocs({ text }: { text: string }) {
  return (
    <>
      {partsOf(text, areDocsHere()).map(({ text: part, href }, at) =>
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
