import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FINDINGS } from '../src/doctor/finding.ts';
import { anchorOf, docsPages, htmlOf } from './docs-pages.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const KNOWN = new Set(['README.md', 'docs/redirect.md', 'docs/decisions/0001-a.md']);
const bodyOf = (source: string, markdown: string) =>
  /<main>\n(.*)<\/main>/s.exec(htmlOf(source, markdown, KNOWN))?.[1]?.trim();

describe('a page of the docs', () => {
  it('has the anchors that GitHub has, and its first heading as title', () => {
    expect(bodyOf('docs/redirect.md', "# Pi-hole & `dnsmasq`: what's next?")).toBe(
      '<h1 id="pi-hole--dnsmasq-whats-next">Pi-hole &amp; <code>dnsmasq</code>: what&#39;s next?</h1>',
    );
    expect(htmlOf('docs/redirect.md', '# Which `way`?', KNOWN)).toContain('<title>Which way?</title>');
    expect(anchorOf('FRAME_HTTP')).toBe('frame_http');
  });

  it.each([
    ['docs/redirect.md', '[a](decisions/0001-a.md#why)', 'decisions/0001-a.html#why'],
    ['docs/decisions/0001-a.md', '[a](../redirect.md)', '../redirect.html'],
    ['README.md', '[a](docs/redirect.md#x)', 'redirect.html#x'],
    ['docs/redirect.md', '[a](../README.md)', 'README.html'],
    ['docs/redirect.md', '[a](#undo)', '#undo'],
    ['docs/redirect.md', '[a](https://example.org/x)', 'https://example.org/x'],
  ])('in %s, %s leads to %s', (source, markdown, href) => {
    expect(bodyOf(source, markdown)).toBe(`<p><a href="${href}">a</a></p>`);
  });

  it('says the names of files that are not here, and shows no picture, comment, script or other HTML', () => {
    expect(bodyOf('docs/redirect.md', '[`x.ts`](../src/x.ts)')).toBe('<p><code>x.ts</code></p>');
    expect(bodyOf('docs/redirect.md', '![a](images/a.png)<!-- b -->\n\n<script>c</script>\n\nd')).toBe(
      '<p></p>\n<p>d</p>',
    );
  });

  it('has its style in the folder of the docs', () => {
    expect(htmlOf('docs/decisions/0001-a.md', '# a', KNOWN)).toContain('href="../docs.css"');
    expect(htmlOf('README.md', '# a', KNOWN)).toContain('href="docs.css"');
  });
});

describe('the pages', () => {
  const pages = new Map(docsPages(ROOT).map(({ name, html }) => [name, html]));

  it('are all the docs there are', () => {
    expect(pages.size).toBe(1 + globSync(['docs/*.md', 'docs/decisions/*.md'], { cwd: ROOT }).length);
  });

  it('have every place that the doctor sends people to', () => {
    for (const { link } of Object.values(FINDINGS)) {
      if (link === null) continue;
      const [path = '', anchor] = link.replace(/^docs\//, '').split('#');
      const html = pages.get(path.replace('.md', '.html'));
      expect(html, link).toBeDefined();
      if (anchor !== undefined) expect(html, link).toContain(`id="${anchor}"`);
    }
  });

  it('lead to places that are there', () => {
    const wrong: string[] = [];
    for (const [name, html] of pages) {
      for (const [, href = ''] of html.matchAll(/<a href="([^":]*)"/g)) {
        const target = new URL(href, `http://docs/${name}`);
        const found = pages.get(target.pathname.slice(1));
        const anchor = decodeURIComponent(target.hash.slice(1));
        if (found === undefined || (anchor !== '' && !found.includes(`id="${anchor}"`))) wrong.push(`${name}: ${href}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
