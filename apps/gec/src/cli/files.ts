import { fill, formatBytes, formatNumber } from '@gec/core';
import type { Command } from 'commander';
import { moveFiles } from '../storage/former-store.ts';
import { openStore } from '../storage/open-store.ts';
import { EXIT, type Cli } from './context.ts';
import { json, progress } from './terminal.ts';

/** Registers `gec files …`. */
export function registerFiles(program: Command, cli: Cli): void {
  const { t, terminal, actor, lang } = cli;
  const n = (value: number) => formatNumber(lang, value);
  const files = program.command('files').description(t.fichiers);

  files
    .command('status')
    .description(t.fichiersEtat)
    .option('--json', t.json)
    .action(async (options: { json?: boolean }) => {
      const config = cli.config();
      const places = [config.files.store, ...(config.files.former === null ? [] : [config.files.former])];
      const found = [];
      for (const place of places) {
        let [count, bytes] = [0, 0];
        for await (const file of (await openStore(place)).list()) {
          count += 1;
          bytes += file.size;
        }
        found.push({ place, files: count, bytes });
      }
      terminal.write(
        options.json
          ? json(found)
          : found
              .map(({ place, files: count, bytes }) => `${place}: ${n(count)}, ${formatBytes(lang, bytes)}\n`)
              .join(''),
      );
    });

  files
    .command('move')
    .description(t.fichiersDeplacer)
    .option('--keep', t.fichiersGarder)
    .option('--json', t.json)
    .action(async (options: { keep?: boolean; json?: boolean }) => {
      const { store, former } = cli.config().files;
      if (former === null) {
        terminal.error(`${t.fichiersSansAncien}\n`);
        cli.exitWith(EXIT.usage);
        return;
      }
      const { journal } = await cli.open();
      const [from, to] = await Promise.all([openStore(former), openStore(store)]);
      let total = 0;
      for await (const file of from.list()) if (file.path !== '') total += 1;
      const shown = progress(terminal, lang, t.fichiersEnCours);
      const moved = await moveFiles(from, to, {
        keep: options.keep ?? false,
        progress: (done) => shown.update(done, total),
      }).finally(shown.end);
      await journal.recordAlone(actor, {
        action: 'fichiers.deplacement',
        details: { fichiers: moved.copied, octets: moved.bytes },
      });
      terminal.write(
        options.json
          ? json(moved)
          : `${fill(t.fichiersDeplaces, { n: n(moved.copied), taille: formatBytes(lang, moved.bytes), deja: n(moved.there) })}\n`,
      );
    });
}
