import { resolve } from 'node:path';
import type { Command } from 'commander';
import { BackupError } from '../modules/backup/backup.format.ts';
import { CLI, CliError, confirmOrEnd, progressBar, rootPassphrase, say, withContainer } from './io.ts';

function addKeys(program: Command): void {
  const keys = program.command('keys').description('clés de signature');
  keys
    .command('list')
    .description('toutes les clés, leur état et leur fin')
    .action(() =>
      withContainer(async ({ signing }) => {
        for (const key of await signing.list()) {
          const state = key.revokedAt ? 'révoquée' : key.retiredAt ? 'retirée' : 'en vigueur';
          say(`${key.kind.padEnd(8)} ${key.kid} ${state} jusqu’au ${key.notAfter.slice(0, 10)}`);
        }
      }),
    );
  keys
    .command('anchor')
    .description('les clés racines publiques, pour les programmes clients (JWK set en base64url)')
    .action(() => withContainer(async ({ signing }) => say(await signing.trustAnchor())));
  keys
    .command('init-root')
    .description('créer une nouvelle clé racine dans un fichier scellé par une phrase secrète')
    .requiredOption('--out <fichier>', 'fichier à créer')
    .action(async (options: { out: string }) => {
      const passphrase = await rootPassphrase();
      if (passphrase.length < 12)
        throw new CliError('La phrase secrète doit avoir au moins 12 caractères.', 2);
      await withContainer(async ({ signing }) =>
        say(`Clé racine ${await signing.initRoot(CLI, resolve(options.out), passphrase)} : ${options.out}`),
      );
    });
  keys
    .command('rotate')
    .description('mettre en vigueur une nouvelle clé de signature, certifiée par une clé racine')
    .requiredOption('--root <fichier>', 'fichier de la clé racine')
    .action(async (options: { root: string }) => {
      const passphrase = await rootPassphrase();
      await withContainer(async ({ signing }) =>
        say(`Nouvelle clé de signature : ${await signing.rotate(CLI, resolve(options.root), passphrase)}`),
      );
    });
  keys
    .command('revoke <kid>')
    .description('révoquer une clé de signature ; une autre la remplace')
    .requiredOption('--root <fichier>', 'fichier de la clé racine')
    .action(async (kid: string, options: { root: string }) => {
      const passphrase = await rootPassphrase();
      await withContainer(async ({ signing }) => {
        await signing.revoke(CLI, kid, resolve(options.root), passphrase);
        say(`Clé ${kid} révoquée.`);
      });
    });
}

function addJournal(program: Command): void {
  const journal = program.command('journal').description('journal des activités');
  journal
    .command('verify')
    .description('prouver que rien n’a été modifié, retiré ou ajouté')
    .action(() =>
      withContainer(async ({ journal: service }) => {
        const report = await service.verify(CLI, progressBar('Vérification'));
        if (report.ok) return say(`Le journal est intact : ${report.chained} entrées vérifiées.`);
        const { kind, seq, id } = report.firstBreak!;
        throw new CliError(
          `Le journal n’est plus intact : ${kind}, place ${seq ?? '—'}, entrée ${id ?? '—'}.`,
          1,
        );
      }),
    );
  journal
    .command('checkpoint')
    .description('la fin de la chaîne, signée : à garder ailleurs')
    .action(() => withContainer(async ({ checkpoint }) => say(JSON.stringify(await checkpoint.create()))));
}

function addBackups(program: Command): void {
  const backups = program.command('backup').description('sauvegardes chiffrées de toute la base');
  backups
    .command('create', { isDefault: true })
    .description('écrire une sauvegarde chiffrée et vérifiée, pendant que le programme tourne')
    .option('-o, --output <fichier>', 'fichier à créer')
    .action(async (options: { output?: string }) => {
      await withContainer(async ({ backup }) => {
        const path = options.output === undefined ? backup.defaultPath() : resolve(options.output);
        const { counts } = await backup.create(CLI, path);
        say(
          `Sauvegarde : ${path} (${counts['licenses'] ?? 0} clés, ${counts['journal'] ?? 0} entrées de journal)`,
        );
      });
    });
  backups
    .command('verify <fichier>')
    .description('lire toute une sauvegarde et contrôler chaque somme ; sortie 3 si elle est abîmée')
    .action(async (file: string) => {
      await withContainer(async ({ backup }) => {
        try {
          const { counts, at } = await backup.verify(resolve(file));
          say(`La sauvegarde du ${at} est entière : ${counts['licenses'] ?? 0} clés.`);
        } catch (error) {
          if (!(error instanceof BackupError)) throw error;
          throw new CliError(`La sauvegarde ne peut pas servir : ${error.message}`, 3);
        }
      });
    });
  program
    .command('restore <fichier>')
    .description('remettre une sauvegarde à la place de tout ce qui existe ; arrêtez d’abord le serveur')
    .option('-y, --yes', 'sans demander')
    .action(async (file: string, options: { yes?: boolean }) => {
      await confirmOrEnd('Remplacer toute la base par cette sauvegarde ?', options.yes);
      const { counts, at } = await withContainer(({ backup }) => backup.restore(resolve(file)));
      // Opened anew: the journal that came back has the keys that came back with it.
      await withContainer(({ journal }) =>
        journal.recordAlone(CLI, {
          action: 'backup.restore',
          details: { at, licenses: counts['licenses'] ?? 0 },
        }),
      );
      say(`Sauvegarde du ${at} rétablie : ${counts['licenses'] ?? 0} clés.`);
    });
}

/** Adds the commands that keep the server running: signing keys, journal, backups, accounts. */
export function addOperationCommands(program: Command): void {
  addKeys(program);
  addJournal(program);
  addBackups(program);
  program
    .command('password <compte>')
    .description('donner un nouveau mot de passe à usage unique à un administrateur')
    .action((username: string) =>
      withContainer(async ({ admins }) => {
        const made = await admins.resetPassword(username);
        if (!made) throw new CliError(`Le compte « ${username} » n’existe pas.`);
        say(`Mot de passe, à changer à la première connexion : ${made.password}`);
      }),
    );
}
