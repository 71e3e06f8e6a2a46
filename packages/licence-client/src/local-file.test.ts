import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEditor } from '../test/editor.ts';
import { memoryStorage } from '../test/memory-storage.ts';
import { createLicenceClient, LicenceError, type LicenceStatus } from './index.ts';
import { openLocal } from './local-file.ts';

const KEY = 'ABCDEFGH1234';
const secret = new Uint8Array(32).fill(1);
const time = Date.parse('2026-03-01T08:00:00Z');
const clock = { now: () => new Date(time) };
/** Long ago: without a licence everything here is read-only. */
const installedAt = new Date('2026-01-01T00:00:00Z');

let editor: Awaited<ReturnType<typeof createEditor>>;
let content: string;
let other: string;

function client(kept: string | null, installationSecret: Uint8Array = secret) {
  const storage = memoryStorage(kept);
  const options = {
    product: 'essai 1.0.0',
    storage,
    installationSecret,
    trustAnchors: [editor.root],
    server: 'https://licences.example.cd',
    clock,
    installedAt,
    fetch: editor.fetch,
  };
  return { licence: createLicenceClient(options), storage };
}
const stateOf = (kept: string, key = secret): Promise<LicenceStatus> => client(kept, key).licence.state();

beforeAll(async () => {
  editor = await createEditor(() => time);
  editor.sell(KEY, 365);
  editor.sell('ZZZZZZZZ9999', 365);
  const first = client(null);
  await first.licence.activate(KEY);
  await first.licence.sync();
  content = first.storage.content!;
  const second = client(null, new Uint8Array(32).fill(2));
  await second.licence.activate('ZZZZZZZZ9999');
  other = second.storage.content!;
});

describe('a licence file', () => {
  it('with bits flipped or its end cut off is refused, or grants exactly what was signed; never a crash', async () => {
    editor.sell('FUZZFUZZ0000', 100);
    const blank = client(null, new Uint8Array(32).fill(3));
    const request = await blank.licence.requestFile('activate', 'FUZZFUZZ0000');
    const file = Buffer.from(await editor.offline(request.content));
    const kept = blank.storage.content;
    const tried = async (bytes: Uint8Array): Promise<string> => {
      const { licence } = client(kept, new Uint8Array(32).fill(3));
      try {
        const { until } = await licence.applyFile(bytes);
        return until?.toISOString() ?? 'none';
      } catch (error) {
        expect(error).toBeInstanceOf(LicenceError);
        expect(await licence.state()).toMatchObject({ mayChange: false });
        return 'refused';
      }
    };
    const genuine = await tried(file);
    expect(genuine).not.toBe('refused');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: file.length * 8 - 1 }), async (bit) => {
        const changed = Buffer.from(file);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(['refused', genuine]).toContain(await tried(changed));
      }),
      { numRuns: 200 },
    );
    for (let length = 0; length < file.length; length += 97) {
      expect(await tried(file.subarray(0, length))).toBe('refused');
    }
  });

  it('whose statements have changed places is refused', async () => {
    const { licence } = client(content);
    const request = await licence.requestFile('renew');
    const bundle = JSON.parse(await editor.offline(request.content)) as {
      certificate: string;
      key_certificates: string[];
    };
    const { certificate, key_certificates: keys } = bundle;
    for (const mixed of [
      { certificate: keys[0] },
      { receipt: certificate },
      { revocations: certificate },
      { certificate, key_certificates: [], receipt: keys[0] },
    ]) {
      await expect(licence.applyFile(JSON.stringify({ ...bundle, ...mixed }))).rejects.toBeInstanceOf(
        LicenceError,
      );
    }
    expect(await licence.applyFile(JSON.stringify(bundle))).toMatchObject({ state: 'active' });
  });
});

describe('the local file', () => {
  it('holds nothing in clear, and opens with the secret of its installation', async () => {
    for (const word of ['eyJhbGciOi', KEY, '"d":', 'gec-licence', 'certificate'])
      expect(content).not.toContain(word);
    expect(await stateOf(content)).toMatchObject({ state: 'active', warnings: [] });
  });

  it('counts for nothing on another installation', async () => {
    expect(await stateOf(other)).toMatchObject({
      state: 'read-only',
      reason: 'file-of-another-installation',
      warnings: ['file-of-another-installation'],
    });
    expect(await stateOf(content, new Uint8Array(32).fill(2))).toMatchObject({ mayChange: false });
  });

  it('counts for nothing with parts of another file put in', async () => {
    const [a, b] = [JSON.parse(content), JSON.parse(other)] as Record<string, string>[];
    for (const part of Object.keys(a!).filter((name) => name !== 'v')) {
      const swapped = JSON.stringify({ ...a, [part]: b![part] });
      expect(await stateOf(swapped), part).toMatchObject({ state: 'read-only', mayChange: false });
    }
  });

  it('survives bits flipped and ends cut off: never active, never a crash', async () => {
    const bytes = Buffer.from(content, 'latin1');
    const positions = fc.integer({ min: 0, max: bytes.length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(positions, async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const opened = await openLocal(secret, changed.toString('latin1'));
        expect(opened.memory === null || opened.identity === null).toBe(true);
        expect(opened.problem).not.toBeNull();
      }),
      { numRuns: 600 },
    );
    for (let length = 0; length < bytes.length; length += 211) {
      expect((await openLocal(secret, content.slice(0, length))).problem).not.toBeNull();
    }
    expect(await stateOf(content.replace(/.$/, ''))).toMatchObject({
      reason: 'file-altered',
      mayChange: false,
    });
  });

  it('takes anything at all', async () => {
    const shapes = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          v: fc.constant(1),
          installation: fc.base64String(),
          identity: fc.base64String(),
          memory: fc.base64String(),
        })
        .map((value) => JSON.stringify({ ...value, license_id: null })),
    );
    await fc.assert(
      fc.asyncProperty(shapes, async (text) => {
        expect(await openLocal(secret, text)).toMatchObject({ identity: null, memory: null });
      }),
    );
  });

  it('that is damaged does not cost the installation its key: activating again brings the licence back', async () => {
    const file = JSON.parse(content) as Record<string, string>;
    const damaged = client(JSON.stringify({ ...file, memory: 'AAAA' }));
    expect(await damaged.licence.state()).toMatchObject({ reason: 'file-altered' });
    expect(await damaged.licence.activate(KEY)).toMatchObject({ state: 'active', warnings: [] });
  });

  it('with a certificate that no root vouches for counts for nothing', async () => {
    const stranger = await createEditor(() => time);
    const { storage } = client(content);
    const licence = createLicenceClient({
      product: 'essai',
      storage,
      installationSecret: secret,
      trustAnchors: [stranger.root],
      clock,
      installedAt,
    });
    expect(await licence.state()).toMatchObject({ state: 'read-only', reason: 'certificate-refused' });
  });
});
