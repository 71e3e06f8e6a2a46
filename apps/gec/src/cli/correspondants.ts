import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { fill, formatNumber, invalid } from '@gec/core';
import type { Command } from 'commander';
import { exportDe, presentPlan } from '../modules/correspondants/correspondants.presenter.ts';
import { correspondantsTexts } from '../modules/correspondants/correspondants.texts.ts';
import { tableCsv } from '../tableur/write-table.ts';
import { EXIT, type Cli } from './context.ts';
import { cliCorrespondantsTexts } from './correspondants.texts.ts';
import { json, table } from './terminal.ts';

const PAIRES_MAX = 10_000;

/** Registers `gec correspondants …`. */
export function registerCorrespondants(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = cliCorrespondantsTexts(lang);
  const words = correspondantsTexts(lang);
  const group = program.command('correspondants').description(t.groupe);

  group
    .command('import')
    .description(t.import)
    .argument('<fichier>', t.argFichier)
    .option('--simuler', t.optSimuler)
    .option('--json', cli.t.json)
    .action(async (fichier: string, options: { simuler?: boolean; json?: boolean }) => {
      const { importCorrespondants } = await cli.open();
      const read = await importCorrespondants.dryRun(actor, createReadStream(fichier), basename(fichier));
      const plan = options.simuler ? read : await importCorrespondants.run(actor, read.lignes);
      // Lines that were left out are for the caller to see to, whatever became of the others.
      if (plan.comptes.erreur > 0) cli.exitWith(EXIT.checkFailed);
      if (options.json) {
        terminal.write(json(presentPlan(plan)));
        return;
      }
      const rows = plan.lignes.map(({ ligne, saisie, effet, erreurs }) => [
        String(ligne),
        saisie.nom,
        words[`effet_${effet}`],
        erreurs.map(({ message }) => message).join(' '),
      ]);
      terminal.write(table([t.colLigne, t.colNom, t.colEffet, t.colRaison], rows));
      const { ajout, modification, inchange, erreur } = plan.comptes;
      const n = (value: number) => formatNumber(lang, value);
      const counts = {
        ajout: n(ajout),
        modification: n(modification),
        inchange: n(inchange),
        erreur: n(erreur),
      };
      terminal.write(`${fill(options.simuler ? words.bilan : words.importe, counts)}\n`);
    });

  group
    .command('export')
    .description(t.export)
    .action(async () => {
      const { annuaire, parametres } = await cli.open();
      const fiches = await annuaire.export(actor, { q: '', actif: null, tri: 'nom', ordre: 'asc' });
      terminal.write(tableCsv(exportDe(lang, fiches, (await parametres.get()).fuseauHoraire)));
    });

  group
    .command('doublons')
    .description(t.doublons)
    .option('--limite <n>', t.optLimite, '100')
    .option('--json', cli.t.json)
    .action(async (options: { limite: string; json?: boolean }) => {
      const size = Number(options.limite);
      if (!Number.isInteger(size) || size < 1 || size > PAIRES_MAX) {
        throw invalid([{ field: 'limite', message: t.limiteInvalide }]);
      }
      const { paires } = await (await cli.open()).annuaire.doublons(actor, {}, { page: 1, size });
      if (options.json) {
        terminal.write(json(paires.map(({ a, b, motif }) => ({ a: a.nom, b: b.nom, motif }))));
        return;
      }
      const rows = paires.map(({ a, b, motif }) => [a.nom, b.nom, words[`motif_${motif}`]]);
      terminal.write(table([t.colPremier, t.colSecond, t.colRaison], rows));
    });
}
