/**
 * Makes a bundle on the reading thread: a house may keep tens of megabytes of frames, and its batteries are answered meanwhile.
 */
import { type BundledFile, type BundleFacts, BundleNotClean, makeBundle } from '../../bundle/bundle.ts';
import type { StoreReader } from '../../store/reader.ts';

export interface BundleRequest {
  readonly facts: BundleFacts;
  readonly shiftDays: number;
}

export type BundleAnswer =
  | { readonly files: readonly BundledFile[]; readonly zip: string }
  | { readonly refused: string };

export async function bundleOf(reader: StoreReader, { facts, shiftDays }: BundleRequest): Promise<BundleAnswer> {
  try {
    const { files, zip } = await makeBundle(reader, facts, shiftDays);
    return { files, zip: Buffer.from(zip).toString('base64') };
  } catch (error) {
    if (error instanceof BundleNotClean) return { refused: error.message };
    throw error;
  }
}
