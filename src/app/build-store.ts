/**
 * Opens the store, and what is known of batteries from before.
 */
import type { Config } from '../config/load.ts';
import type { Battery } from '../model.ts';
import type { Imports } from '../store/sqlite/importing/imports.ts';
import { SelfKeepingStore } from '../store/sqlite/self-keeping-store.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { SHOWN_AT_START } from './battery-loader.ts';
import { storeOptions } from './store-options.ts';

export interface BuiltStore {
  readonly store: Store;
  /** Takes what was recorded elsewhere. */
  readonly imports: Imports;
  /** A word that tells this house apart from others. */
  readonly house: string;
  /** What is known of batteries that are shown before they speak. */
  readonly shown: readonly Battery[];
  /** How many batteries there are. */
  readonly kept: number;
  /** Lets go of it where the server cannot be built. */
  readonly abandon: () => void;
}

/** @throws StoreError */
export async function buildStore(config: Config): Promise<BuiltStore> {
  const sqlite = SqliteStore.open(storeOptions(config));
  const store = new SelfKeepingStore(sqlite);
  const abandon = () => sqlite.close();
  try {
    const shown = await store.batteries(SHOWN_AT_START);
    return { store, imports: sqlite.imports, house: sqlite.house, shown, kept: await store.countBatteries(), abandon };
  } catch (error) {
    abandon();
    throw error;
  }
}
