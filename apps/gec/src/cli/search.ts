import { fill, formatNumber } from '@gec/core';
import type { Command } from 'commander';
import { EXIT, type Cli } from './context.ts';
import { json, progress } from './terminal.ts';

/** Registers `gec search …`. */
export function registerSearch(program: Command, cli: Cli): void {
  const { t, terminal, actor, lang } = cli;
  const n = (value: number) => formatNumber(lang, value);
  const search = program.command('search').description(t.search);

  search
    .command('rebuild')
    .description(t.searchRebuild)
    .option('--json', t.json)
    .action(async (options: { json?: boolean }) => {
      const { recherche, journal } = await cli.open();
      const shown = progress(terminal, lang, t.indexation);
      const report = await recherche.rebuild((done, total) => shown.update(done, total)).finally(shown.end);
      const { lettres, superflus } = report;
      await journal.recordAlone(actor, {
        action: 'recherche.reconstruction',
        details: { lettres, superflus },
      });
      terminal.write(
        options.json
          ? json(report)
          : `${fill(t.indexRefait, { lettres: n(lettres), superflus: n(superflus) })}\n`,
      );
    });

  search
    .command('check')
    .description(t.searchCheck)
    .option('--json', t.json)
    .action(async (options: { json?: boolean }) => {
      const { recherche } = await cli.open();
      const shown = progress(terminal, lang, t.controle);
      const report = await recherche.check((done, total) => shown.update(done, total)).finally(shown.end);
      const incomplets = report.incomplets.length;
      const superflus = report.superflus.length;
      const good = incomplets === 0 && superflus === 0;
      if (!good) cli.exitWith(EXIT.checkFailed);
      if (options.json) {
        terminal.write(json(report));
        return;
      }
      const figures = { lettres: n(report.lettres), incomplets: n(incomplets), superflus: n(superflus) };
      terminal.write(`${fill(good ? t.indexBon : t.indexMauvais, figures)}\n`);
    });
}
