import { fromTemplate } from '@gec/testing';
import { createTestBase } from './harness.ts';

/** A database with every migration, the first people and the keys: made once for a run, copied for each test. */
export const migrated = fromTemplate('gec', async ({ url }) => (await createTestBase(url)).close());
