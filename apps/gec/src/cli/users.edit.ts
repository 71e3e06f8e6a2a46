import { AppError, fill } from '@gec/core';
import { Option, type Command } from 'commander';
import type { SaisieCompte } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { presentUtilisateur } from '../modules/utilisateurs/utilisateurs.presenter.ts';
import type { Cli } from './context.ts';
import { json } from './terminal.ts';
import { account, departementId } from './users.cible.ts';

interface EditOptions {
  username?: string;
  email?: string;
  name?: string;
  role?: string;
  departement?: string;
  sansDepartement?: boolean;
  fonction?: string;
  matricule?: string;
  telephone?: string;
  langue?: 'fr' | 'en';
  json?: boolean;
}

/** Registers `gec users edit`. */
export function registerEdit(users: Command, cli: Cli): void {
  const { t, terminal, actor } = cli;
  users
    .command('edit')
    .description(t.usersEdit)
    .argument('<compte>', t.argCompte)
    .option('--username <nom>', t.optNomUtilisateur)
    .option('--email <e-mail>', t.optEmail)
    .option('--name <nom>', t.optName)
    .option('--role <role>', t.optRole)
    .addOption(new Option('--departement <code>', t.optDepartement).conflicts('sansDepartement'))
    .option('--sans-departement', t.optSansDepartement)
    .option('--fonction <fonction>', t.optFonction)
    .option('--matricule <matricule>', t.optMatricule)
    .option('--telephone <n°>', t.optTelephone)
    .addOption(new Option('--langue <langue>', t.optLangue).choices(['fr', 'en']))
    .option('--json', t.json)
    .action(async (name: string, options: EditOptions) => {
      const { departement, sansDepartement, name: nomComplet, json: asJson, ...rest } = options;
      const container = await cli.open();
      const { id, version } = await account(cli, container, name);
      const patch: Partial<SaisieCompte> = { ...rest };
      if (nomComplet !== undefined) patch.nomComplet = nomComplet;
      if (sansDepartement) patch.departementId = null;
      else if (departement !== undefined) {
        patch.departementId = await departementId(cli, container, departement);
      }
      if (Object.keys(patch).length === 0) throw new AppError('invalid', 'USAGE', t.rienAModifier);
      await container.utilisateurs.modifier(actor, id, patch, version);
      const user = await container.utilisateurs.find(actor, id);
      if (asJson) terminal.write(json(presentUtilisateur(user)));
      else terminal.write(`${fill(t.compteModifie, { nom: user.username })}\n`);
    });
}
