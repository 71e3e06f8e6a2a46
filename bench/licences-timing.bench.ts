/**
 * Whether the time of an answer tells a used key from one that does not exist: pairs of requests in random order
 * (--pairs=1000), for `validate` and `activate`, and the Mann–Whitney test of the two samples.
 */
import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import { newLicenseKey } from '../apps/licences/src/modules/licenses/licenses.policy.ts';
import { activate, createLicenceInstallation, makeKeys, openServices, startServer } from './lib/licences.ts';
import { spread } from './lib/measure.ts';
import { percentile, table, verdict } from './lib/report.ts';

const PAIRS = Number(process.argv.find((word) => word.startsWith('--pairs='))?.slice(8) ?? 1_000);
const WARM = 100;
/** How far from a coin's toss a guess by time may be: at 0.5 the two cannot be told apart at all. */
const TOLERANCE = 0.05;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Milliseconds until an answer is there, and its status. */
function timed(
  url: string,
  { method, body, from }: { method: string; body: string; from: string },
): Promise<{ ms: number; status: number }> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const headers = { 'x-forwarded-for': from, 'content-type': 'application/json' };
    const call = request(url, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ ms: performance.now() - begin, status: answer.statusCode ?? 0 }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** How often a value of the second sample is the larger one (0.5: no difference), and how sure that is (z). */
function mannWhitney(a: readonly number[], b: readonly number[]): { share: number; z: number } {
  const all = [
    ...a.map((value) => ({ value, second: false })),
    ...b.map((value) => ({ value, second: true })),
  ];
  all.sort((x, y) => x.value - y.value);
  let ranks = 0;
  all.forEach(({ second }, index) => {
    if (second) ranks += index + 1;
  });
  const u = ranks - (b.length * (b.length + 1)) / 2;
  const pairs = a.length * b.length;
  return { share: u / pairs, z: (u - pairs / 2) / Math.sqrt((pairs * (all.length + 1)) / 12) };
}

const installation = createLicenceInstallation(undefined, { TRUSTED_PROXIES: '127.0.0.1' });
const container = await openServices(installation);
const keys = await makeKeys(container, 200);
await container.close();
const server = await startServer(installation);
for (const key of keys) await activate(agent, server.url, key, 'premier.example');

const rows: (string | number)[][] = [];
const round = (value: number) => Math.round(value * 1_000) / 1_000;
for (const [name, ask] of [
  [
    'validate',
    (key: string, from: string) =>
      timed(`${server.url}/api/validate/${key}`, { method: 'GET', body: '', from }),
  ],
  [
    'activate',
    (key: string, from: string) =>
      timed(`${server.url}/api/activate`, {
        method: 'POST',
        body: JSON.stringify({ license_key: key, domain_fingerprint: 'second.example' }),
        from,
      }),
  ],
] as const) {
  const wrong: number[] = [];
  const used: number[] = [];
  for (let pair = 0; pair < PAIRS + WARM; pair++) {
    // Of a network of its own each time: nobody is braked.
    const from = `${randomInt(11, 100)}.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
    const askWrong = async () => {
      const { ms, status } = await ask(newLicenseKey(), from);
      if (status !== 404) throw new Error(`a wrong key was answered with ${status}`);
      if (pair >= WARM) wrong.push(ms);
    };
    const askUsed = async () => {
      const { ms, status } = await ask(keys[pair % keys.length]!, from);
      if (status !== 400) throw new Error(`a used key was answered with ${status}`);
      if (pair >= WARM) used.push(ms);
    };
    for (const one of randomInt(2) === 0 ? [askWrong, askUsed] : [askUsed, askWrong]) await one();
  }
  const { share, z } = mannWhitney(wrong, used);
  for (const [label, sample] of [
    ['fausse', wrong],
    ['utilisée', used],
  ] as const) {
    const { median, p95 } = spread(sample);
    rows.push([`${name}, clé ${label}`, round(percentile(sample, 0.25)), round(median), round(p95)]);
  }
  verdict(
    `${name} : le temps ne dit pas si une clé existe`,
    Math.abs(share - 0.5) < TOLERANCE,
    `une clé utilisée est la plus lente dans ${round(share * 100)} % des paires (z = ${round(z)})`,
  );
}
await server.kill('SIGTERM');
agent.destroy();
installation.remove();
table(['Temps de réponse (ms)', '1er quartile', 'Médiane', '95e centile'], rows);
