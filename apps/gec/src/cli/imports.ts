import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { AppError, fill, fold, formatNumber, invalid } from '@gec/core';
import { Option, type Command } from 'commander';
import {
  CHAMPS_REGISTRE,
  type ChampRegistre,
  type ChoixPartiel,
} from '../modules/imports/imports.choix.schema.ts';
import { presentImport, presentLigne } from '../modules/imports/imports.presenter.ts';
import { colonnesManquantes } from '../modules/imports/imports.sources.ts';
import { motDuMotif, motDeLErreur } from '../modules/imports/imports.texts.ts';
import { EXIT, type Cli } from './context.ts';
import { cliImportsTexts } from './imports.texts.ts';
import { json, progress, table } from './terminal.ts';

interface Options {
  utilisateur: string;
  dryRun?: boolean;
  siPris: 'conflit' | 'suffixe';
  sansScan?: 'conflit' | 'notice';
  flux?: 'ENTRANT' | 'SORTANT';
  map?: string;
  json?: boolean;
}

/** Lines that are shown with what is wrong with them; `--json` gives all. */
const MONTREES = 200;

/** Registers `gec import archive` and `gec import register`. */
export function registerImports(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = cliImportsTexts(lang);
  const group =
    program.commands.find((command) => command.name() === 'import') ??
    program.command('import').description(t.groupe);

  function colonnes(map: string): Partial<Record<ChampRegistre, number>> {
    const found: Partial<Record<ChampRegistre, number>> = {};
    for (const pair of map.split(',')) {
      const [nom, at] = pair.split('=').map((word) => word.trim());
      const champ = CHAMPS_REGISTRE.find((one) => one === nom);
      const column = Number(at);
      if (champ === undefined || !Number.isInteger(column) || column < 1 || column > 500) {
        const message = fill(t.mapInvalide, { champs: CHAMPS_REGISTRE.join(', ') });
        throw new AppError('invalid', 'USAGE', message);
      }
      found[champ] = column - 1;
    }
    return found;
  }

  async function importer(fichier: string, options: Options): Promise<void> {
    const { imports, licence } = await cli.open();
    if (!options.dryRun) await licence.exigerChangement(actor);
    const compte = (await imports.comptes(actor)).find(
      ({ username }) => fold(username) === fold(options.utilisateur),
    );
    if (!compte) {
      const message = fill(t.compteInconnu, { nom: options.utilisateur });
      throw invalid([{ field: '--utilisateur', message }]);
    }
    const stream = createReadStream(fichier);
    const { id } = await imports.deposer(actor, { nom: basename(fichier), stream }, compte.id);
    const work = async (label: string) => {
      const shown = progress(terminal, lang, label);
      await imports.travailler(id, undefined, shown.update).finally(shown.end);
      const one = await imports.get(actor, id);
      if (one.etat === 'ECHOUE')
        throw new AppError('invalid', 'IMPORT_REFUSE', motDeLErreur(lang, one.erreur));
      return one;
    };
    await work(t.verification);
    const { siPris: si_pris, sansScan: sans_scan, flux, map } = options;
    const choix: ChoixPartiel = {
      si_pris,
      ...(sans_scan && { sans_scan }),
      ...(flux && { flux }),
      ...(map !== undefined && { colonnes: colonnes(map) }),
    };
    await imports.choisir(actor, id, choix);
    let one = await work(t.verification);
    const manque = one.genre === 'registre' ? colonnesManquantes(one.choix.colonnes ?? {}) : [];
    if (manque.length > 0) {
      await imports.annuler(actor, id);
      throw new AppError('invalid', 'USAGE', fill(t.colonnesManquent, { champs: manque.join(', ') }));
    }
    const simulation = options.dryRun ?? false;
    if (!simulation && (one.plan?.crees ?? 0) > 0) {
      await imports.lancer(actor, id);
      one = await work(t.reprise);
    }
    const lignes = await imports.rapport(actor, id);
    if (one.etat === 'PRET') await imports.annuler(actor, id);
    const ecartees = lignes.filter(({ etat }) => etat === 'conflit');
    if (ecartees.length > 0) cli.exitWith(EXIT.checkFailed);
    if (options.json) {
      terminal.write(json({ ...presentImport(one), lignes: lignes.map(presentLigne) }));
      return;
    }
    if (ecartees.length > 0) {
      const rows = ecartees
        .slice(0, MONTREES)
        .map(({ rang, numero, motif, detail }) => [String(rang), numero, motDuMotif(lang, motif, detail)]);
      terminal.write(`${table([t.colLigne, t.colNumero, t.colRaison], rows)}\n`);
    }
    const n = (etat: string) => formatNumber(lang, lignes.filter((ligne) => ligne.etat === etat).length);
    const counts = {
      total: formatNumber(lang, lignes.length),
      crees: n('cree'),
      deja: n('deja'),
      conflits: n('conflit'),
    };
    terminal.write(`${fill(simulation ? t.bilanEssai : t.bilan, counts)}\n`);
  }

  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .argument('<fichier>', t.argFichier)
      .requiredOption('--utilisateur <nom>', t.optUtilisateur)
      .option('--dry-run', t.optSimuler)
      .addOption(
        new Option('--si-pris <choix>', t.optSiPris).choices(['conflit', 'suffixe']).default('conflit'),
      )
      .option('--json', cli.t.json);

  command('archive', t.archive)
    .addOption(
      new Option('--sans-scan <choix>', t.optSansScan).choices(['conflit', 'notice']).default('notice'),
    )
    .action(importer);

  command('register', t.register)
    .option('--map <colonnes>', t.optMap)
    .addOption(new Option('--flux <flux>', t.optFlux).choices(['ENTRANT', 'SORTANT']).default('ENTRANT'))
    .action(importer);
}
