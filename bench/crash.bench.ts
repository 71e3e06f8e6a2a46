/**
 * Rounds of `kill -9` at random moments while letters are registered (200, or --rounds=N). Every acknowledged letter
 * is there with its scan and its number, no row is without its file, numbers have no gap, and the program starts
 * again by itself each time.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { clientOf, createInstallation, registerArrival, samplePdf, signIn, startProgram } from '@gec/testing';
import { table, verdict } from './lib/report.ts';

const ROUNDS = Number(process.argv.find((word) => word.startsWith('--rounds='))?.slice(9) ?? 200);
const WRITERS = 4;

interface Acknowledged {
  numero: string;
  sha256: string;
}

interface Line {
  id: number;
  numero_accuse_reception: string;
}

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const installation = createInstallation();
const acknowledged = new Map<number, Acknowledged>();
const base = await samplePdf({ pages: 1, text: 'Épreuve de coupure' });

/** A PDF that no other letter has: a comment after the end of the file is allowed (ISO 32000, incremental updates). */
const distinct = () => Buffer.concat([base, Buffer.from(`\n%${randomBytes(16).toString('hex')}\n%%EOF\n`)]);

let cookie = '';
let slowest = 0;
for (let round = 0; round < ROUNDS; round++) {
  const program = await startProgram(installation);
  slowest = Math.max(slowest, program.startMs);
  if (cookie === '') cookie = (await signIn(program.url)).cookie;
  const client = clientOf(program.url, cookie);
  let stopped = false;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let i = 0; !stopped; i++) {
      const content = distinct();
      try {
        const piece = await client.upload(`coupure-${round}-${writer}-${i}.pdf`, content);
        const { status, body } = await registerArrival(client, `Coupure ${round}, ${writer}, ${i}`, [piece]);
        if (status === 201)
          acknowledged.set(body.id, { numero: body.numero_accuse_reception, sha256: sha256(content) });
        else if (!stopped) throw new Error(`refused: ${status} ${JSON.stringify(body)}`);
      } catch (error) {
        if (!stopped && !/ECONNRESET|ECONNREFUSED|socket hang up|EPIPE/.test(String(error))) throw error;
        return;
      }
    }
  });
  await new Promise((resolve) => setTimeout(resolve, randomInt(20, 1_500)));
  stopped = true;
  await program.kill('SIGKILL');
  await Promise.allSettled(writers).then((results) => {
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  });
  client.close();
  if ((round + 1) % 20 === 0)
    process.stdout.write(`${round + 1} coupures, ${acknowledged.size} courriers acquittés\n`);
}

const program = await startProgram(installation);
const client = clientOf(program.url, cookie);
const present = new Map<number, string>();
let after: string | null = null;
do {
  const page: { body: { courriers: Line[]; suivant: string | null } } = await client.json(
    'GET',
    `/api/v1/courriers?size=100${after ? `&apres=${after}` : ''}`,
  );
  for (const line of page.body.courriers) present.set(line.id, line.numero_accuse_reception);
  after = page.body.suivant;
} while (after !== null);

let lost = 0;
let changed = 0;
let unreadable = 0;
for (const [id, { numero, sha256: expected }] of acknowledged) {
  if (present.get(id) !== numero) lost++;
  else {
    const answer = await client.request('GET', `/download_file/${id}`);
    if (answer.status !== 200 || sha256(answer.body) !== expected) changed++;
  }
}
for (const id of present.keys()) {
  if (acknowledged.has(id)) continue;
  // Committed, but the answer was cut off: the letter must be whole all the same.
  const answer = await client.request('GET', `/download_file/${id}`);
  if (answer.status !== 200 || answer.body.length === 0) unreadable++;
}
const counters = [...present.values()]
  .map((numero) => Number(/(\d+)$/.exec(numero)?.[1]))
  .sort((a, b) => a - b);
const gaps = counters.filter((counter, i) => counter !== i + 1).length;
client.close();
await program.kill('SIGTERM');
installation.remove();

verdict('Aucun courrier acquitté n’est perdu', lost === 0, `${lost} perdus sur ${acknowledged.size}`);
verdict('Chaque scan est intact', changed === 0, `${changed} différents`);
verdict(
  'Aucune ligne sans son fichier',
  unreadable === 0,
  `${unreadable} sur ${present.size - acknowledged.size} non acquittés`,
);
verdict('Les numéros se suivent', gaps === 0, `${present.size} numéros, ${gaps} écarts`);
table(
  ['Coupures', 'Acquittés', 'Présents', 'Perdus', 'Abîmés', 'Écarts', 'Redémarrage le plus lent (ms)'],
  [[ROUNDS, acknowledged.size, present.size, lost, changed + unreadable, gaps, Math.round(slowest)]],
);
