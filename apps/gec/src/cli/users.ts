import { AppError, fill, formatDateTime } from '@gec/core';
import { Option, type Command } from 'commander';
import type { UtilisateurGere } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { presentUtilisateur } from '../modules/utilisateurs/utilisateurs.presenter.ts';
import type { Cli } from './context.ts';
import { account, departementId } from './users.cible.ts';
import { registerEdit } from './users.edit.ts';
import { registerListes } from './users.listes.ts';
import { askHidden, json, readLine, table } from './terminal.ts';

interface PasswordOptions {
  prompt?: boolean;
  stdin?: boolean;
  permanent?: boolean;
}

interface AddOptions extends PasswordOptions {
  email: string;
  name: string;
  role: string;
  departement?: string;
  fonction?: string;
  matricule?: string;
  telephone?: string;
  langue: 'fr' | 'en';
  json?: boolean;
}

const usage = (message: string) => new AppError('invalid', 'USAGE', message);

/** The password that was typed or piped in; nothing when one is to be made. Never an argument: those are seen in `ps`. */
async function readPassword(cli: Cli, options: PasswordOptions): Promise<string | undefined> {
  const { t, terminal } = cli;
  if (options.prompt && options.stdin) throw usage(t.uneOption);
  if (!options.prompt && !options.stdin) {
    if (options.permanent) throw usage(t.permanentSansMotDePasse);
    return undefined;
  }
  let password: string;
  if (options.stdin) password = await readLine(terminal.input);
  else {
    if (!terminal.inputIsTty) throw usage(t.pasDeTerminal);
    password = await askHidden(terminal, t.motDePasse);
    if ((await askHidden(terminal, t.encore)) !== password) throw usage(t.differents);
  }
  if (password === '') throw usage(t.motDePasseVide);
  return password;
}

function passwordOptions(command: Command, cli: Cli): Command {
  return command
    .option('--prompt', cli.t.optPrompt)
    .option('--stdin', cli.t.optStdin)
    .option('--permanent', cli.t.optPermanent);
}

function state(cli: Cli, user: UtilisateurGere): string {
  const words = [user.actif ? cli.t.actif : cli.t.inactif];
  if (user.bloque) words.push(cli.t.bloque);
  if (user.actif && user.doitChangerMotDePasse) words.push(cli.t.aChanger);
  return words.join(', ');
}

function registerAdd(users: Command, cli: Cli): void {
  const { t, terminal, actor } = cli;
  const command = users
    .command('add')
    .description(t.usersAdd)
    .argument('<username>', t.argUsername)
    .requiredOption('--email <e-mail>', t.optEmail)
    .requiredOption('--name <nom>', t.optName)
    .option('--role <role>', t.optRole, 'user')
    .option('--departement <code>', t.optDepartement)
    .option('--fonction <fonction>', t.optFonction)
    .option('--matricule <matricule>', t.optMatricule)
    .option('--telephone <n°>', t.optTelephone)
    .addOption(new Option('--langue <langue>', t.optLangue).choices(['fr', 'en']).default('fr'));
  passwordOptions(command, cli)
    .option('--json', t.json)
    .action(async (username: string, options: AddOptions) => {
      const motDePasse = await readPassword(cli, options);
      const container = await cli.open();
      const { departement } = options;
      const { id, motDePasse: made } = await container.utilisateurs.add(actor, {
        username,
        email: options.email,
        nomComplet: options.name,
        role: options.role,
        departementId: departement === undefined ? null : await departementId(cli, container, departement),
        langue: options.langue,
        fonction: options.fonction ?? null,
        matricule: options.matricule ?? null,
        telephone: options.telephone ?? null,
        doitChangerMotDePasse: !options.permanent,
        ...(motDePasse === undefined ? {} : { motDePasse }),
      });
      if (options.json) {
        terminal.write(json({ id, username, ...(made === undefined ? {} : { mot_de_passe: made }) }));
        return;
      }
      terminal.write(`${fill(t.compteAjoute, { nom: username, id })}\n`);
      if (made !== undefined) terminal.write(`${fill(t.motDePasseUnique, { motDePasse: made })}\n`);
    });
}

function registerList(users: Command, cli: Cli): void {
  const { t, terminal, actor, lang } = cli;
  users
    .command('list')
    .description(t.usersList)
    .option('--role <role>', t.optRole)
    .option('--departement <code>', t.optDepartement)
    .option('--inactifs', t.optInactifs)
    .option('--json', t.json)
    .action(async (options: { role?: string; departement?: string; inactifs?: boolean; json?: boolean }) => {
      const container = await cli.open();
      const { role, departement } = options;
      const { utilisateurs } = await container.utilisateurs.list(actor, {
        ...(role === undefined ? {} : { role }),
        ...(departement === undefined
          ? {}
          : { departementId: await departementId(cli, container, departement) }),
        ...(options.inactifs ? { actif: false } : {}),
      });
      if (options.json) {
        terminal.write(json(utilisateurs.map(presentUtilisateur)));
        return;
      }
      const rows = utilisateurs.map((user) => [
        user.username,
        user.nomComplet,
        user.email,
        user.role,
        user.departementNom ?? '—',
        state(cli, user),
        user.derniereConnexion === null ? t.jamais : formatDateTime(lang, user.derniereConnexion),
      ]);
      const headings = [
        t.colCompte,
        t.colNom,
        t.colEmail,
        t.colRole,
        t.colDepartement,
        t.colEtat,
        t.colConnexion,
      ];
      terminal.write(table(headings, rows));
    });
}

function registerPassword(users: Command, cli: Cli): void {
  const { t, terminal, actor } = cli;
  const command = users.command('password').description(t.usersPassword).argument('<compte>', t.argCompte);
  passwordOptions(command, cli)
    .option('--json', t.json)
    .action(async (name: string, options: PasswordOptions & { json?: boolean }) => {
      const motDePasse = await readPassword(cli, options);
      const container = await cli.open();
      const { id, username } = await account(cli, container, name);
      const made = await container.utilisateurs.setPassword(actor, id, {
        ...(motDePasse === undefined ? {} : { motDePasse }),
        doitChanger: !options.permanent,
      });
      if (options.json) {
        const extra = made.motDePasse === undefined ? {} : { mot_de_passe: made.motDePasse };
        terminal.write(json({ id, username, ...extra }));
        return;
      }
      terminal.write(`${fill(t.motDePasseRemplace, { nom: username })}\n`);
      if (made.motDePasse !== undefined) {
        terminal.write(`${fill(t.motDePasseUnique, { motDePasse: made.motDePasse })}\n`);
      }
    });
}

/** Registers `gec users …`. */
export function registerUsers(program: Command, cli: Cli): void {
  const { t, terminal, actor } = cli;
  const users = program.command('users').description(t.users);
  registerAdd(users, cli);
  registerList(users, cli);
  registerPassword(users, cli);
  registerEdit(users, cli);
  registerListes(users, cli);

  users
    .command('role')
    .description(t.usersRole)
    .argument('<compte>', t.argCompte)
    .argument('<role>', t.argRole)
    .action(async (name: string, role: string) => {
      const container = await cli.open();
      const { id, username } = await account(cli, container, name);
      await container.utilisateurs.setRole(actor, id, role);
      terminal.write(`${fill(t.roleChange, { nom: username, role })}\n`);
    });

  for (const actif of [true, false]) {
    users
      .command(actif ? 'activate' : 'deactivate')
      .alias(actif ? 'enable' : 'disable')
      .description(actif ? t.usersEnable : t.usersDisable)
      .argument('<compte>', t.argCompte)
      .action(async (name: string) => {
        const container = await cli.open();
        const { id, username } = await account(cli, container, name);
        await container.utilisateurs.setActive(actor, id, actif);
        terminal.write(`${fill(actif ? t.compteActive : t.compteDesactive, { nom: username })}\n`);
      });
  }

  users
    .command('unlock')
    .description(t.usersUnlock)
    .argument('<compte>', t.argCompte)
    .action(async (name: string) => {
      const container = await cli.open();
      const { id, username } = await account(cli, container, name);
      const n = await container.utilisateurs.unlock(actor, id);
      terminal.write(`${fill(t.compteDebloque, { nom: username, n })}\n`);
    });

  users
    .command('second-factor')
    .description(t.usersSecondFactor)
    .command('reset')
    .description(t.usersSecondFactorReset)
    .argument('<compte>', t.argCompte)
    .action(async (name: string) => {
      const container = await cli.open();
      const { id, username } = await account(cli, container, name);
      const n = await container.facteurs.reinitialiser(actor, id);
      terminal.write(`${fill(t.facteursRetires, { nom: username, n })}\n`);
    });
}
