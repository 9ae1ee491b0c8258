/**
 * The bill of materials: CycloneDX, made by npm, without what would be another each time.
 */
import { createHash } from 'node:crypto';
import { npm, sourceDate } from './run.ts';

interface Bom {
  serialNumber?: string;
  metadata?: { timestamp?: string };
  components?: object[];
}

/**
 * @param folder of a package with its npm-shrinkwrap.json
 * @param more components that are no npm packages
 */
export function billOfMaterials(folder: string, more: readonly object[] = []): string {
  const made = npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'], folder);
  const bom = JSON.parse(made) as Bom;
  bom.metadata = { ...bom.metadata, timestamp: new Date(sourceDate() * 1000).toISOString() };
  bom.components = [...(bom.components ?? []), ...more];
  delete bom.serialNumber;
  const digest = createHash('sha256').update(JSON.stringify(bom)).digest('hex');
  const { $schema, bomFormat, specVersion, ...rest } = bom as Bom & Record<string, unknown>;
  const named = { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${uuidOf(digest)}`, ...rest };
  return `${JSON.stringify(named, null, 1)}\n`;
}

/** By what it names, as RFC 9562 lays out one of its own making (version 8). */
function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
