import { beforeEach, describe, expect, it } from 'vitest';
import { createEditor, type Editor } from '../test/editor.ts';
import { memoryStorage } from '../test/memory-storage.ts';
import {
  createLicenceClient,
  DAY_MS,
  joinFromQr,
  LicenceError,
  newKeyPair,
  signStatement,
  splitForQr,
  type Evidence,
  type LicenceClient,
} from './index.ts';

const KEY = 'ABCDEFGH1234';
let time: number;
let editor: Editor;
let storage: ReturnType<typeof memoryStorage>;
let place: Evidence;

const days = (count: number): void => void (time += count * DAY_MS);
const clock = { now: () => new Date(time) };

function client(over: Partial<Parameters<typeof createLicenceClient>[0]> = {}): LicenceClient {
  return createLicenceClient({
    product: 'essai 1.0.0',
    storage,
    installationSecret: new Uint8Array(32).fill(1),
    trustAnchors: [editor.root],
    server: 'https://licences.example.cd',
    clock,
    evidence: () => place,
    fetch: editor.fetch,
    refreshMs: 0,
    ...over,
  });
}

async function code(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LicenceError) return error.serverCode ?? error.code;
    throw error;
  }
  return 'accepted';
}

/** Days on which the program runs and looks, as it does in an office. */
async function live(licence: LicenceClient, count: number, sync = false): Promise<void> {
  for (let day = 0; day < count; day++) {
    days(1);
    await licence.state();
    if (sync) await licence.sync();
  }
}

beforeEach(async () => {
  time = Date.parse('2026-03-01T08:00:00Z');
  editor = await createEditor(() => time);
  editor.sell(KEY, 365);
  storage = memoryStorage();
  place = { domain: 'courrier.example.cd', database: '7301' };
});

describe('activation by the network', () => {
  it('takes a key as typed and is active', async () => {
    const licence = client();
    expect(await licence.state()).toMatchObject({ state: 'evaluation', daysLeft: 30 });
    expect(await licence.activate(' abcd-efgh 1234 ')).toMatchObject({ state: 'active' });
    expect(await client().state()).toMatchObject({ state: 'active', daysLeft: 365 });
  });

  it('finds its licence again when the answer was lost', async () => {
    const licence = client();
    editor.loseNextAnswer();
    expect(await code(licence.activate(KEY))).toBe('UNREACHABLE');
    expect(await client().activate(KEY)).toMatchObject({ state: 'active' });
  });

  it('says what was wrong, and changes nothing', async () => {
    const licence = client();
    expect(await code(licence.activate('ABC'))).toBe('INVALID_KEY');
    expect(await code(licence.activate('NOSUCHKEY000'))).toBe('NOT_FOUND');
    expect(await code(client({ server: null }).activate(KEY))).toBe('NO_SERVER');
    editor.setDown(true);
    expect(await code(licence.activate(KEY))).toBe('UNREACHABLE');
    expect(await licence.state()).toMatchObject({ state: 'evaluation' });
  });

  it('is refused to a second installation', async () => {
    await client().activate(KEY);
    const other = client({ storage: memoryStorage(), installationSecret: new Uint8Array(32).fill(2) });
    expect(await code(other.activate(KEY))).toBe('ALREADY_USED');
  });

  it('accepts no answer of a server whose root is not in the code', async () => {
    const stranger = await createEditor(() => time);
    stranger.sell(KEY, 9_999);
    expect(await code(client({ fetch: stranger.fetch }).activate(KEY))).toBe('UNKNOWN_KEY');
  });
});

describe('synchronisation', () => {
  it('renews the lease, year after year until the end', async () => {
    const licence = client();
    await licence.activate(KEY);
    await live(licence, 200, true);
    expect(await licence.state()).toMatchObject({ state: 'active', warnings: [] });
    await live(licence, 164, true);
    expect(await licence.state()).toMatchObject({ state: 'expiring', daysLeft: 1 });
    editor.setDown(true);
    await live(licence, 14);
    expect(await licence.state()).toMatchObject({ state: 'grace' });
    await live(licence, 2);
    expect(await licence.state()).toMatchObject({ state: 'read-only', reason: 'expired' });
  });

  it('needs the server within the lease and its grace', async () => {
    const licence = client();
    await licence.activate(KEY);
    await live(licence, 31);
    expect(await licence.state()).toMatchObject({ state: 'grace', reason: 'lease-over' });
    await live(licence, 14);
    expect(await licence.state()).toMatchObject({ state: 'read-only', reason: 'lease-over' });
    expect(await licence.sync()).toMatchObject({ state: 'active' });
  });

  it('sends a request whose answer was lost again, and raises no alert', async () => {
    const licence = client();
    await licence.activate(KEY);
    editor.loseNextAnswer();
    expect(await code(licence.sync())).toBe('UNREACHABLE');
    expect((await licence.details()).lastSync?.error).toBe('UNREACHABLE');
    expect(await client().sync()).toMatchObject({ state: 'active', warnings: [] });
  });

  it('brings suspension and revocation, and their end', async () => {
    const licence = client();
    await licence.activate(KEY);
    days(1);
    editor.judge(KEY, 'suspended', 'Impayé');
    expect(await licence.sync()).toMatchObject({ state: 'read-only', reason: 'suspended', note: 'Impayé' });
    days(1);
    editor.judge(KEY, 'active');
    expect(await licence.sync()).toMatchObject({ state: 'active' });
    days(1);
    editor.judge(KEY, 'revoked', 'Clé volée');
    expect(await licence.sync()).toMatchObject({ state: 'revoked', note: 'Clé volée' });
    expect((await licence.details()).history.slice(0, 3).map(({ event }) => event)).toEqual([
      'revoked',
      'active',
      'suspended',
    ]);
  });

  it('warns of a restored backup, and does not lock', async () => {
    const licence = client();
    await licence.activate(KEY);
    await licence.sync();
    const backup = storage.content;
    await licence.sync();
    storage.content = backup;
    expect(await client().sync()).toMatchObject({ state: 'active', warnings: ['clone-or-restore'] });
    expect(await client().sync()).toMatchObject({ state: 'active', warnings: [] });
  });

  it('sets right what a wrong clock has left', async () => {
    const licence = client();
    await licence.activate(KEY);
    days(500);
    for (let day = 0; day < 4; day++) await live(licence, 1);
    expect(await licence.state()).toMatchObject({ state: 'read-only' });
    days(-504);
    expect(await licence.state()).toMatchObject({ state: 'read-only', warnings: ['clock-behind'] });
    expect(await licence.sync()).toMatchObject({ state: 'active', warnings: [] });
  });

  it('follows the rotation of the signing key, also when the former one was revoked', async () => {
    const licence = client();
    await licence.activate(KEY);
    days(1);
    await editor.rotate(false);
    expect(await licence.sync()).toMatchObject({ state: 'active' });
    days(1);
    await editor.rotate(true);
    expect(await client().sync()).toMatchObject({ state: 'active' });
    expect(await client().state()).toMatchObject({ state: 'active', warnings: [] });
  });

  it('is for installations with a licence', async () => {
    expect(await code(client().sync())).toBe('NOT_ACTIVATED');
  });

  it('works from several processes at once on one storage', async () => {
    await client().activate(KEY);
    const processes = [client(), client(), client()];
    const results = await Promise.allSettled(processes.map((one) => one.sync()));
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await client().sync()).toMatchObject({ state: 'active' });
  });

  it('names the parts of the evidence that changed', async () => {
    const licence = client();
    await licence.activate(KEY);
    place = { domain: 'autre.example.cd', database: '7301' };
    expect((await licence.details()).evidence).toMatchObject({
      parts: [
        { part: 'database', change: 'same' },
        { part: 'domain', change: 'changed' },
        { part: 'machine', change: 'unknown' },
      ],
      large: false,
    });
  });
});

describe('without a network', () => {
  const offline = () => client({ server: null });

  it('activates, renews and gives back by file', async () => {
    const licence = offline();
    const request = await licence.requestFile('activate', 'abcd efgh 1234');
    expect(request.name).toMatch(/^activate-[\w-]{8}\.gecreq$/);
    const first = await editor.offline(request.content);
    expect(await licence.applyFile(Buffer.from(first))).toMatchObject({ state: 'active' });

    await live(licence, 40);
    expect(await licence.state()).toMatchObject({ state: 'grace', reason: 'lease-over' });
    const renewed = await editor.offline((await licence.requestFile('renew')).content);
    expect(await licence.applyFile(renewed)).toMatchObject({ state: 'active' });
    expect(await code(licence.applyFile(first))).toBe('OLDER');

    const proof = await licence.requestFile('deactivate');
    expect(await licence.state()).toMatchObject({ state: 'read-only', reason: 'released' });
    expect((await offline().requestFile('deactivate')).content).toBe(proof.content);
    expect(await code(licence.applyFile(renewed))).toBe('GIVEN_BACK');
    await editor.offline(proof.content);

    const next = client({ storage: memoryStorage(), installationSecret: new Uint8Array(32).fill(2) });
    expect(await next.activate(KEY)).toMatchObject({ state: 'active', daysLeft: 325 });
  });

  it('gets over a clock that was years ahead at the installation', async () => {
    days(3_650);
    const licence = offline();
    await licence.state();
    days(-3_650);
    const { content } = await licence.requestFile('activate', KEY);
    expect(await licence.applyFile(await editor.offline(content))).toMatchObject({
      state: 'active',
      warnings: [],
    });
  });

  it('does not turn back time when a file is applied again', async () => {
    const licence = offline();
    const file = await editor.offline((await licence.requestFile('activate', KEY)).content);
    await licence.applyFile(file);
    await live(licence, 46);
    expect(await licence.state()).toMatchObject({ state: 'read-only', reason: 'lease-over' });
    days(-46);
    expect(await licence.applyFile(file)).toMatchObject({ state: 'read-only', warnings: ['clock-behind'] });
  });

  it('goes by QR codes both ways', async () => {
    const licence = offline();
    const { codes, content } = await licence.requestFile('activate', KEY);
    expect(joinFromQr(codes)).toEqual({ complete: true, text: content });
    const lines = splitForQr(await editor.offline(content)).reverse();
    expect(lines.length).toBeGreaterThan(1);
    expect(await code(licence.applyFile(lines.slice(1).join('\n')))).toBe('INCOMPLETE');
    expect(await licence.applyFile(`${lines.join('\r\n')}\n`)).toMatchObject({ state: 'active' });
  });

  it('refuses the file of another installation and of another editor', async () => {
    const file = await editor.offline((await offline().requestFile('activate', KEY)).content);
    const other = client({ storage: memoryStorage() });
    expect(await code(other.applyFile(file))).toBe('OTHER_INSTALLATION');
    const stranger = await createEditor(() => time);
    stranger.sell(KEY, 10);
    const forged = await stranger.offline((await offline().requestFile('activate', KEY)).content);
    expect(await code(offline().applyFile(forged))).toBe('UNKNOWN_KEY');
    for (const junk of [
      '',
      '{}',
      'GECLIC1 1/1',
      new Uint8Array([0xff, 0xfe]),
      '{"v":1}',
      file.slice(0, -9),
    ]) {
      expect(await code(offline().applyFile(junk))).not.toBe('accepted');
    }
  });

  it('refuses a receipt for somebody else inside a good bundle', async () => {
    const licence = offline();
    const bundle = JSON.parse(
      await editor.offline((await licence.requestFile('activate', KEY)).content),
    ) as object;
    const stranger = await newKeyPair();
    const receipt = await signStatement(
      'gec-receipt+jws',
      {
        license_id: crypto.randomUUID(),
        installation: stranger.kid,
        counter: 99,
        request_hash: stranger.kid,
        server_time: new Date(time).toISOString(),
        nonce: 'A'.repeat(22),
        previous_receipt_hash: null,
        state: 'revoked',
        certificate_seq: 1,
        alerts: [],
      },
      editor.signer(),
    );
    expect(await code(licence.applyFile(JSON.stringify({ ...bundle, receipt })))).toBe('OTHER_INSTALLATION');
  });
});

describe('giving back by the network', () => {
  it('frees the key, also for the same installation later', async () => {
    const licence = client();
    await licence.activate(KEY);
    await live(licence, 31, true);
    expect(await licence.deactivate()).toMatchObject({ state: 'read-only', reason: 'released' });
    expect(await code(licence.deactivate())).toBe('NOT_ACTIVATED');
    expect(await licence.activate(KEY)).toMatchObject({ state: 'active', daysLeft: 334 });
  });
});

describe('the evaluation', () => {
  it('ends after thirty days and does not begin again with another file when the program knows better', async () => {
    const licence = client();
    await licence.state();
    await live(licence, 31);
    expect(await licence.state()).toMatchObject({ state: 'read-only', reason: 'evaluation-over' });
    storage.content = null;
    const installedAt = new Date('2026-03-01T08:00:00Z');
    expect(await client({ installedAt }).state()).toMatchObject({ state: 'read-only' });
  });

  it('does not begin again when the file is broken', async () => {
    await client().state();
    storage.content = 'broken';
    expect(await client().state()).toMatchObject({ state: 'read-only', reason: 'file-altered' });
  });
});
