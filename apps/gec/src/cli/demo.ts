import { fill, formatNumber } from '@gec/core';
import type { Command } from 'commander';
import { createHorloge, remplir } from '../demo/demo.remplir.ts';
import { demoTexts } from '../demo/demo.texts.ts';
import type { Cli } from './context.ts';
import { progress, table } from './terminal.ts';

/** Registers `gec demo`. */
export function registerDemo(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = demoTexts(lang);
  program
    .command('demo')
    .description(t.description)
    .action(async () => {
      const begin = performance.now();
      const now = new Date();
      const horloge = createHorloge(now);
      const container = await cli.open({ clock: horloge });
      await container.licence.exigerChangement(actor);
      const shown = progress(terminal, lang, t.progression);
      const onProgress = (done: number, total: number) => shown.update(done, total);
      const bilan = await remplir(container, horloge, { lang, now, onProgress }).finally(shown.end);
      const secondes = formatNumber(lang, Math.round((performance.now() - begin) / 1_000));
      const [courriers, transmissions] = [bilan.courriers, bilan.transmissions].map((n) =>
        formatNumber(lang, n),
      ) as [string, string];
      const rows = bilan.comptes.map((compte) => [
        compte.username,
        compte.motDePasse,
        compte.nomComplet,
        compte.fonction,
        compte.role,
      ]);
      terminal.write(
        [
          `${fill(t.fait, { courriers, transmissions, secondes })}\n`,
          `${t.comptes}\n`,
          table([t.utilisateur, t.motDePasse, t.nom, t.fonction, t.role], rows),
        ].join('\n'),
      );
    });
}
