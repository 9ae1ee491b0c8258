import { beforeEach, describe, expect, it, vi } from 'vitest';

const page = (build: string) => `<head><meta charset="utf-8" />
  <link rel="icon" href="./icon.svg" type="image/svg+xml" />
  <script type="module" crossorigin src="./assets/index-${build}.js"></script>
  <link rel="stylesheet" crossorigin href="./assets/style-${build}.css">
  <meta name="build" content="${build}">`;

/** What the server hands out, by path. */
let files: Record<string, string>;
let edited: boolean;
let asked: string[];
const kept = new Map<string, string>();
const reload = vi.fn();

async function begin() {
  vi.resetModules();
  vi.doMock('./editing.ts', () => ({ isEdited: () => edited, watchEditing: () => {} }));
  return import('./renewal.ts');
}

function handOut(build: string): void {
  files = { './': page(build), [`./assets/index-${build}.js`]: '', [`./assets/style-${build}.css`]: '' };
}

beforeEach(() => {
  reload.mockReset();
  edited = false;
  asked = [];
  handOut('one');
  kept.clear();
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('document', {
    querySelector: (selector: string) => (selector === 'meta[name=build]' ? { getAttribute: () => 'one' } : null),
  });
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const text = files[path];
    return text === undefined ? new Response('', { status: 404 }) : new Response(text);
  });
});

describe('another build', () => {
  it('is loaded when all its parts are there', async () => {
    const { takeBuild, hasNewerPage } = await begin();
    handOut('two');
    await takeBuild('two');
    expect(hasNewerPage.value).toBe(true);
    expect(reload).toHaveBeenCalledOnce();
    expect(asked).toEqual(['./', './assets/index-two.js', './assets/style-two.css']);
  });

  it.each(['./', './assets/index-two.js', './assets/style-two.css'])(
    'is waited for where %s is missing',
    async (path) => {
      const { takeBuild } = await begin();
      handOut('two');
      delete files[path];
      await takeBuild('two');
      expect(reload).not.toHaveBeenCalled();
    },
  );

  it('is not loaded where a cache hands out the old page: it would be loaded for ever', async () => {
    const { takeBuild } = await begin();
    await takeBuild('two');
    expect(reload).not.toHaveBeenCalled();
  });

  it('waits while something is edited', async () => {
    const { takeBuild, renew } = await begin();
    handOut('two');
    edited = true;
    await takeBuild('two');
    expect(reload).not.toHaveBeenCalled();
    edited = false;
    await renew();
    expect(reload).toHaveBeenCalledOnce();
  });

  it('is none where it is the same, or none is known', async () => {
    const { takeBuild, hasNewerPage } = await begin();
    await takeBuild('one');
    await takeBuild(null);
    expect([hasNewerPage.value, asked]).toEqual([false, []]);
  });
});

it('a page that does not work is loaded anew in the same build, but not from a server that is away', async () => {
  const { renew } = await begin();
  await renew();
  expect(reload).not.toHaveBeenCalled();
  await renew(true);
  expect(reload).toHaveBeenCalledOnce();
  // It did not help: not again at once.
  await renew(true);
  expect(reload).toHaveBeenCalledOnce();
  kept.clear();
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('refused');
  });
  await renew(true);
  expect(reload).toHaveBeenCalledOnce();
});

describe('a stylesheet', () => {
  /** A link as restoreStyles() uses it. */
  class FakeLink {
    sheet: { readonly cssRules: readonly unknown[] } | null = null;
    readonly dataset: Record<string, string> = {};
    isRemoved = false;
    next: FakeLink | null = null;
    onload: () => void = () => {};
    onerror: () => void = () => {};
    cloneNode() {
      return new FakeLink();
    }
    after(other: FakeLink) {
      this.next = other;
    }
    remove() {
      this.isRemoved = true;
    }
  }

  it('that did not come is loaded again, once at a time', async () => {
    const { restoreStyles } = await begin();
    const [there, missing] = [new FakeLink(), new FakeLink()];
    there.sheet = { cssRules: [{}] };
    const refused = new FakeLink();
    refused.sheet = {
      get cssRules(): never {
        throw new Error('SecurityError');
      },
    };
    const again = () => (missing.next?.dataset.again === undefined || missing.next.isRemoved ? null : missing.next);
    vi.stubGlobal('document', { querySelector: again, querySelectorAll: () => [there, missing, refused] });
    restoreStyles();
    expect(refused.next).not.toBeNull();
    expect(there.next).toBeNull();
    const first = missing.next;
    restoreStyles();
    expect(missing.next).toBe(first);
    first?.onerror();
    restoreStyles();
    expect(missing.next).not.toBe(first);
    missing.next?.onload();
    expect([missing.isRemoved, missing.next?.isRemoved]).toEqual([true, false]);
  });
});
