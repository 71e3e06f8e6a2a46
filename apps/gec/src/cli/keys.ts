import { AppError, fill, formatDateTime, formatNumber } from '@gec/core';
import { WrongMasterKeyError } from '@gec/crypto';
import { openDatabase } from '@gec/db';
import { Option, type Command } from 'commander';
import type { GecTables } from '../db/schema.ts';
import { clesQuiOuvrent } from '../modules/cles/cles.maitre.ts';
import { BUTS, type But, type EtatCles } from '../modules/cles/cles.schema.ts';
import { clesTexts } from '../modules/cles/cles.texts.ts';
import { EXIT, type Cli } from './context.ts';
import { cliKeysTexts } from './keys.texts.ts';
import { json, progress, table } from './terminal.ts';

/** Registers `gec keys …`. */
export function registerKeys(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = cliKeysTexts(lang);
  const words = clesTexts(lang);
  const n = (value: number) => formatNumber(lang, value);
  const nouvelle = () => cli.env['GEC_NEW_MASTER_KEY'] || null;
  const group = program.command('keys').description(t.groupe);

  function ligne({ rotation, oubliDes }: EtatCles['renouvellements'][number], fuseau: string): string {
    const but = words[`but_${rotation.purpose as But}`];
    const le = oubliDes === null ? '' : formatDateTime(lang, oubliDes, fuseau);
    const etat = rotation.paused_at === null ? rotation.state : 'pause';
    const shown = fill(t[`etat_${etat}`], {
      but,
      fait: n(rotation.done),
      total: n(rotation.total),
      le,
    });
    return rotation.unreadable === 0
      ? shown
      : `${shown}\n${fill(t.illisibles, { but, n: n(rotation.unreadable) })}`;
  }

  const ouvrants = (keys: EtatCles['ouvrent']): string[] =>
    keys.map(({ source, ouvre }) => fill(ouvre ? t.ouvre : t.nOuvrePas, { source }));

  group
    .command('status')
    .description(t.status)
    .option('--json', cli.t.json)
    .action(async (options: { json?: boolean }) => {
      const opened = await cli.open().catch(async (error: unknown) => {
        if (!(error instanceof WrongMasterKeyError)) throw error;
        // Nothing else can be said, but which key it is that opens.
        const database = openDatabase<GecTables>(cli.config().databaseUrl);
        const ouvrent = await clesQuiOuvrent(cli.config(), database, nouvelle()).finally(database.close);
        terminal.write(options.json ? json({ ouvrent }) : `${ouvrants(ouvrent).join('\n')}\n`);
        cli.exitWith(EXIT.checkFailed);
        return null;
      });
      if (!opened) return;
      const { cles, parametres } = opened;
      const etat = await cles.etat(actor, nouvelle());
      if (options.json) {
        terminal.write(json(etat));
        return;
      }
      const { fuseauHoraire } = await parametres.get();
      const lines = [
        fill(t.maitre, { empreinte: etat.maitre }),
        ...ouvrants(etat.ouvrent),
        '',
        table(
          [t.colBut, t.colCle, t.colDepuis, t.colEtat],
          etat.generations.map(({ but, kid, depuis, retiree }) => [
            words[`but_${but}`],
            kid,
            formatDateTime(lang, depuis, fuseauHoraire),
            retiree === null ? t.enVigueur : t.ouvreSeulement,
          ]),
        ),
        fill(t.restants, {
          champs: n(etat.restants.field),
          fichiers: n(etat.restants.file),
          index: n(etat.restants.index),
        }),
        ...etat.renouvellements.map((one) => ligne(one, fuseauHoraire)),
        ...(etat.enRetard === 0 ? [] : [fill(t.enRetard, { n: n(etat.enRetard) })]),
      ];
      terminal.write(`${lines.join('\n')}\n`);
    });

  async function master(): Promise<void> {
    const { cles } = await cli.open();
    const { avant, apres, ancienFichier } = await cles.changerMaitre(actor, nouvelle());
    terminal.write(`${fill(t.change, { avant, apres })}\n`);
    terminal.write(
      `${ancienFichier === null ? t.environnement : fill(t.ancienFichier, { fichier: ancienFichier })}\n`,
    );
  }

  async function reseal(purposes: readonly But[]): Promise<void> {
    const { cles, parametres } = await cli.open();
    const { fuseauHoraire } = await parametres.get();
    for (const but of purposes) {
      const shown = progress(terminal, lang, fill(t.barre, { but: words[`but_${but}`] }));
      let told = 0;
      const result = await cles
        .renouveler(actor, but, (step) => {
          if (step.phase !== 'waiting') shown.update(step.done, Math.max(step.total, step.done));
          else if (step.behind !== told) {
            told = step.behind;
            if (told > 0) terminal.error(`${fill(t.attente, { n: n(told) })}\n`);
          }
        })
        .finally(shown.end);
      terminal.write(`${ligne(result, fuseauHoraire)}\n`);
      if (result.rotation.state === 'resealed') terminal.write(`${t.plusTard}\n`);
      if (result.rotation.unreadable > 0) cli.exitWith(EXIT.checkFailed);
    }
  }

  group
    .command('rotate')
    .description(t.rotate)
    .option('--master', t.optMaster)
    .option('--reseal', t.optReseal)
    .addOption(new Option('--purpose <but>', t.optPurpose).choices(BUTS))
    .action(async (options: { master?: boolean; reseal?: boolean; purpose?: But }) => {
      if ((options.master === true) === (options.reseal === true)) {
        throw new AppError('invalid', 'USAGE', t.choisir);
      }
      if (options.master) return master();
      return reseal(options.purpose === undefined ? BUTS : [options.purpose]);
    });
}
