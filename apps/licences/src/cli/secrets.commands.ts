import { WrongMasterKeyError } from '@gec/crypto';
import { Option, type Command } from 'commander';
import { PURPOSES, type Purpose, type SecretsStatus } from '../modules/secrets/secrets.service.ts';
import { CLI, CliError, progressBar, say, withContainer } from './io.ts';

const NAMES = {
  field: 'champs',
  file: 'fichiers',
  index: 'empreintes',
  audit: 'journal',
  identity: 'identité',
} as const;

const STATES = {
  prepared: 'nouvelle clé annoncée aux processus',
  sealing: 'nouveau chiffrement en cours',
  resealed: 'tout est sous la nouvelle clé',
  finished: 'renouvelé',
} as const;

/** A value does not open, or another check failed. */
const CHECK_FAILED = 3;

function renewalLine({ rotation, forgetFrom }: SecretsStatus['renewals'][number]): string {
  const { purpose, state, done, total, unreadable } = rotation;
  const later = forgetFrom === null ? '' : ` ; l’ancienne clé sera supprimée à partir du ${forgetFrom}`;
  const lost = unreadable === 0 ? '' : `, ${unreadable} valeurs ne s’ouvrent avec aucune clé`;
  return `${NAMES[purpose as Purpose]} : ${STATES[state]}, ${done} sur ${Math.max(done, total)}${lost}${later}`;
}

/** Adds `licences secrets …`: the secret of the server and the data keys under it. */
export function addSecretsCommands(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('secret du serveur et clés qui scellent les données');

  secrets
    .command('status')
    .description('les clés, et ce qui porte encore une ancienne')
    .option('--json', 'écrire du JSON')
    .action((options: { json?: boolean }) =>
      withContainer(async (container) => {
        const status = await container.secrets.status();
        if (options.json) return say(JSON.stringify(status, null, 2));
        say(`Secret en vigueur (empreinte) : ${status.master}`);
        for (const { kid, purpose, since, retired } of status.generations) {
          const state = retired === null ? 'en vigueur' : 'ouvre seulement';
          say(`${NAMES[purpose].padEnd(11)} ${kid.padEnd(10)} depuis ${since.slice(0, 10)} ${state}`);
        }
        say(
          `Portent encore une ancienne clé : ${status.left.field} champs, ${status.left.index} empreintes.`,
        );
        for (const one of status.renewals) say(renewalLine(one));
        if (status.behind > 0) {
          say(
            `Processus qui ne connaissent pas encore ces clés : ${status.behind}. Redémarrez-les s’ils restent en retard.`,
          );
        }
      }).catch((error: unknown) => {
        if (!(error instanceof WrongMasterKeyError)) throw error;
        throw new CliError('Le secret des réglages n’ouvre pas cette base.', CHECK_FAILED);
      }),
    );

  async function master(): Promise<void> {
    const next = process.env['LICENSE_NEW_SERVER_SECRET'] || null;
    await withContainer(async (container) => {
      const { formerFile } = await container.secrets.changeSecret(CLI, next);
      say('Le secret du serveur est remplacé ; rien de ce qu’il scelle n’a changé.');
      say(
        formerFile === null
          ? 'Faites maintenant, sur chaque machine : mettez dans LICENSE_SERVER_SECRET la valeur de LICENSE_NEW_SERVER_SECRET, retirez celle-ci, redémarrez le serveur.'
          : `L’ancien est gardé dans ${formerFile} : mettez-le en lieu sûr pour les anciennes sauvegardes, supprimez ce fichier, redémarrez le serveur.`,
      );
      say(
        'Faites une sauvegarde : les anciennes ne s’ouvrent qu’avec l’ancien secret (LICENSE_SERVER_SECRET_FORMER).',
      );
    });
  }

  async function reseal(purposes: readonly Purpose[]): Promise<void> {
    const lost = await withContainer(async (container) => {
      let unreadable = 0;
      for (const purpose of purposes) {
        const shown = progressBar(`Chiffrement (${NAMES[purpose]})`);
        let told = 0;
        const result = await container.secrets.renew(CLI, purpose, (step) => {
          if (step.phase !== 'waiting') shown(step.done, Math.max(step.total, step.done));
          else if (step.behind !== told && (told = step.behind) > 0) {
            process.stderr.write(
              `Attente de ${told} processus qui ne connaissent pas encore la nouvelle clé\n`,
            );
          }
        });
        say(renewalLine(result));
        unreadable += result.rotation.unreadable;
      }
      return unreadable;
    });
    if (lost > 0) throw new CliError('Des valeurs altérées restent sous l’ancienne clé.', CHECK_FAILED);
  }

  secrets
    .command('rotate')
    .description('remplacer le secret du serveur (--master) ou les clés de données (--reseal)')
    .option(
      '--master',
      'nouveau secret : écrit dans secrets.json, ou lu dans LICENSE_NEW_SERVER_SECRET quand l’environnement donne le secret',
    )
    .option(
      '--reseal',
      'nouvelles clés de données, tout ce qui est scellé et les empreintes refaits ; reprend où il s’était arrêté',
    )
    .addOption(new Option('--purpose <sorte>', 'une seule sorte').choices(PURPOSES))
    .action(async (options: { master?: boolean; reseal?: boolean; purpose?: Purpose }) => {
      if ((options.master === true) === (options.reseal === true)) {
        throw new CliError('Donnez --master ou --reseal (l’un ou l’autre).', 2);
      }
      if (options.master) return master();
      return reseal(options.purpose === undefined ? PURPOSES : [options.purpose]);
    });
}
