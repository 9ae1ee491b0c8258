/**
 * The docs as pages that the server hands out beside its own page, so that a house without Internet can read them: from
 * Markdown to plain HTML without scripts. Built with the page (vite.config.ts).
 */
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';

export interface DocsPage {
  /** Within the folder `docs/` of the page. */
  readonly name: string;
  readonly html: string;
}

const SOURCES = ['README.md', 'docs/*.md', 'docs/decisions/*.md'];
const STYLE = 'docs.css';

/** Every page of the docs, and the README. @param root the checkout */
export function docsPages(root: string): DocsPage[] {
  const sources = globSync(SOURCES, { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  const known = new Set(sources);
  return sources.sort().map((source) => ({
    name: pageOf(source),
    html: htmlOf(source, readFileSync(`${root}/${source}`, 'utf8'), known),
  }));
}

/** `docs/redirect.md` is `redirect.html`. */
function pageOf(source: string): string {
  return source.replace(/^docs\//, '').replace(/\.md$/, '.html');
}

/** As GitHub makes anchors of headings. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** Where a link of a source leads among the pages; null: not to one of them. */
function linkedPage(source: string, href: string, known: ReadonlySet<string>): string | null {
  const [path = '', anchor] = href.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (path === '') return hash;
  const target = posix.normalize(posix.join(posix.dirname(source), path));
  if (!known.has(target)) return null;
  return posix.relative(posix.dirname(pageOf(source)), pageOf(target)) + hash;
}

/** @param known the sources that have a page */
export function htmlOf(source: string, markdown: string, known: ReadonlySet<string>): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const words = this.parser.parseInline(tokens);
        const plain = this.parser.parseInline(tokens, this.parser.textRenderer);
        return `<h${depth} id="${escaped(anchorOf(plain))}">${words}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens);
        const page = /^https?:/.test(href) ? href : linkedPage(source, href, known);
        // A file of the source code: its name is said, and it is not here.
        return page === null ? words : `<a href="${escaped(page)}">${words}</a>`;
      },
      image: () => '',
      // Comments for editors.
      html: () => '',
    },
  });
  const body = marked.parse(markdown, { async: false }).replaceAll('<table>', '<div class="table"><table>');
  const title = /<h1[^>]*>(.*?)<\/h1>/.exec(body)?.[1]?.replaceAll(/<[^>]*>/g, '') ?? source;
  const up = source.split('/').length > 2 ? '../' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="${up}${STYLE}">
</head>
<body>
<main>
${body.replaceAll('</table>', '</table></div>')}</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
