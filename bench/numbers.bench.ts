/**
 * 200 registrations at once: four processes on one PostgreSQL, then one process on SQLite. Every number once, no gap,
 * no 500; refused registrations in between leave no gap either.
 */
import {
  clientOf,
  createInstallation,
  registerArrival,
  signIn,
  startProgram,
  type Installation,
  type Registered,
  samplePdf,
} from '@gec/testing';
import { startDatabase } from './lib/postgres.ts';
import { table, verdict } from './lib/report.ts';

const LETTERS = 200;

async function drill(
  name: string,
  installation: Installation,
  processes: number,
): Promise<(string | number)[]> {
  const programs = [await startProgram(installation)];
  while (programs.length < processes) programs.push(await startProgram(installation));
  try {
    const first = await signIn(programs[0]!.url);
    const clients = programs.map((program) => clientOf(program.url, first.cookie));
    const pdf = await samplePdf({ pages: 1, text: 'Épreuve des numéros' });
    const pieces: string[] = [];
    for (let i = 0; i < LETTERS; i++)
      pieces.push(await clients[i % clients.length]!.upload(`lettre-${i}.pdf`, pdf));

    const begin = performance.now();
    const answers = await Promise.all(
      pieces.flatMap((piece, i) => {
        const client = clients[i % clients.length]!;
        const good = registerArrival(client, `Courrier ${i}`, [piece]);
        // Every fourth one is followed by one that is refused inside the transaction: its file does not exist.
        return i % 4 === 0 ? [good, registerArrival(client, 'Sans fichier', ['inconnu-0000'])] : [good];
      }),
    );
    const seconds = (performance.now() - begin) / 1000;

    const faults = answers.filter((answer) => answer.status >= 500).length;
    const good = answers.filter((answer) => answer.status === 201).map((answer) => answer.body as Registered);
    const counters = good
      .map((letter) => Number(/(\d+)$/.exec(letter.numero_accuse_reception)?.[1]))
      .sort((a, b) => a - b);
    const complete = counters.length === LETTERS && counters.every((counter, i) => counter === i + 1);
    verdict(
      `${name} : chaque numéro une fois, sans trou`,
      complete,
      `${good.length} courriers, ${counters[0]}…${counters.at(-1)}`,
    );
    verdict(`${name} : aucune erreur 500`, faults === 0, `${faults} erreurs sur ${answers.length} réponses`);
    for (const client of [first, ...clients]) client.close();
    return [name, processes, good.length, faults, (LETTERS / seconds).toFixed(0)];
  } finally {
    for (const program of programs) await program.kill('SIGTERM');
    installation.remove();
  }
}

const rows: (string | number)[][] = [];
const { cluster, url } = await startDatabase();
try {
  rows.push(await drill('PostgreSQL', createInstallation({ databaseUrl: url }), 4));
} finally {
  await cluster.stop();
}
rows.push(await drill('SQLite', createInstallation(), 1));
table(['Base', 'Processus', 'Enregistrés', 'Erreurs 500', 'Enregistrements/s'], rows);
