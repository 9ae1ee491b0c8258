/**
 * The licences of everything in a package that others have written.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { lockedVersion, type ShippedPackage } from './lock.ts';
import { ROOT } from './run.ts';

/** What the built page has in it; the checkout alone has them as packages. */
const IN_PAGE = ['preact', '@preact/signals', '@preact/signals-core', 'uplot'];
const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:[.-].*)?$/i;
const RULE = `\n${'-'.repeat(80)}\n`;

/** @param packages besides those that are in the page. @param more texts of what is no npm package */
export function licenceTexts(packages: readonly ShippedPackage[], more: readonly string[] = []): string {
  const page = IN_PAGE.map((name) => {
    const folder = `node_modules/${name}`;
    const { license } = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as {
      license: string;
    };
    return { name, folder, license, version: lockedVersion(name) };
  });
  const texts = [...packages, ...page].map(
    ({ name, version, license, folder }) => `${name} ${version}, ${license}\n\n${textIn(folder, license)}`,
  );
  return `alphaess-local is MIT licensed (LICENSE). What it comes with:\n${[...texts, ...more].map((text) => `${RULE}\n${text.trim()}\n`).join('')}`;
}

/** Some packages name their licence and bring no text. */
function textIn(folder: string, license: string): string {
  const files = readdirSync(path.join(ROOT, folder)).filter((file) => LICENCE_FILE.test(file));
  if (files.length === 0) return `The package names the licence ${license} and brings no text of it.`;
  return files.map((file) => readFileSync(path.join(ROOT, folder, file), 'utf8')).join('\n');
}
