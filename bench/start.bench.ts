/** From the start of the process to the first page served, on an existing database: within 2 s. */
import { createInstallation, startProgram } from '@gec/testing';
import { percentile, table, verdict } from './lib/report.ts';

const LIMIT_MS = 2_000;
const installation = createInstallation();
const samples: number[] = [];
try {
  await (await startProgram(installation)).kill('SIGTERM');
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    const program = await startProgram(installation);
    const answer = await fetch(`${program.url}/login`);
    await answer.text();
    samples.push(performance.now() - begin);
    if (answer.status !== 200) throw new Error(`the first page answered ${answer.status}`);
    await program.kill('SIGTERM');
  }
} finally {
  installation.remove();
}
const median = percentile(samples, 0.5);
const worst = Math.max(...samples);
table(
  ['Démarrages', 'Médiane (ms)', 'Le plus lent (ms)'],
  [[samples.length, median.toFixed(0), worst.toFixed(0)]],
);
verdict('Première page en moins de 2 s', worst <= LIMIT_MS, `${worst.toFixed(0)} ms`);
