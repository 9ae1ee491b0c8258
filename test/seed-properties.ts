/** Run before each test file: every property draws from the seed of this run (property-seed.ts). */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED) });
