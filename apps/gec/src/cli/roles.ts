import { fill, PERMISSIONS } from '@gec/core';
import type { Command } from 'commander';
import { presentRoleGere } from '../modules/roles/roles.presenter.ts';
import type { Cli } from './context.ts';
import { organisationTexts } from './organisation.texts.ts';
import { json, table } from './terminal.ts';

interface AddOptions {
  libelle: string;
  description?: string;
  couleur?: string;
  permissions?: string;
  copie?: string;
}

const words = (list: string | undefined): string[] =>
  (list ?? '')
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '');

function registerReading(roles: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = organisationTexts(lang);

  roles
    .command('list')
    .description(t.rolesList)
    .option('--json', cli.t.json)
    .action(async (options: { json?: boolean }) => {
      const all = await (await cli.open()).roles.geres(actor);
      if (options.json) {
        terminal.write(json(all.map(presentRoleGere)));
        return;
      }
      const rows = all.map((role) => [
        role.nom,
        role.libelle,
        `${role.permissions.size}/${PERMISSIONS.length}`,
        String(role.personnes),
        role.actif ? t.actif : t.inactif,
      ]);
      terminal.write(table([t.colRole, t.colNom, t.colDroits, t.colPersonnes, t.colEtat], rows));
    });

  roles
    .command('show')
    .description(t.rolesShow)
    .argument('<role>', t.argRole)
    .option('--json', cli.t.json)
    .action(async (nom: string, options: { json?: boolean }) => {
      const { titulaires, ...role } = await (await cli.open()).roles.gere(actor, nom);
      if (options.json) {
        terminal.write(json({ ...presentRoleGere(role), titulaires }));
        return;
      }
      terminal.write(`${role.nom}  ${role.libelle}  (${role.actif ? t.actif : t.inactif})\n`);
      for (const permission of PERMISSIONS) {
        if (role.permissions.has(permission)) terminal.write(`  ${permission}\n`);
      }
      const noms = titulaires.map(({ nomComplet }) => nomComplet).join(', ');
      terminal.write(`${noms === '' ? t.titulairesAucun : fill(t.titulaires, { noms })}\n`);
    });
}

/** Registers `gec roles …`. */
export function registerRoles(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = organisationTexts(lang);
  const roles = program.command('roles').description(t.roles);
  registerReading(roles, cli);

  roles
    .command('add')
    .description(t.rolesAdd)
    .argument('<role>', t.argRole)
    .requiredOption('--libelle <nom>', t.optLibelle)
    .option('--description <texte>', t.optDescription)
    .option('--couleur <#RRGGBB>', t.optCouleur)
    .option('--permissions <liste>', t.optPermissions)
    .option('--copie <role>', t.optCopie)
    .action(async (nom: string, options: AddOptions) => {
      const service = (await cli.open()).roles;
      const { copie } = options;
      const copied = copie === undefined ? [] : (await service.gere(actor, copie)).permissions;
      const made = await service.add(actor, {
        nom,
        libelle: options.libelle,
        description: options.description ?? null,
        couleur: options.couleur ?? null,
        permissions: [...copied, ...words(options.permissions)],
        ...(copie === undefined ? {} : { copie }),
      });
      terminal.write(`${fill(t.roleAjoute, { nom: made })}\n`);
    });

  for (const kind of ['grant', 'revoke'] as const) {
    roles
      .command(kind)
      .description(kind === 'grant' ? t.rolesGrant : t.rolesRevoke)
      .argument('<role>', t.argRole)
      .argument('<permissions...>', t.argPermissions)
      .action(async (nom: string, permissions: string[]) => {
        const service = (await cli.open()).roles;
        const changed = await service.adjust(actor, nom, { [kind]: permissions.flatMap(words) });
        if (changed.length === 0) {
          terminal.write(`${fill(t.roleInchange, { nom })}\n`);
          return;
        }
        const { permissions: now } = presentRoleGere(await service.gere(actor, nom));
        terminal.write(`${fill(t.roleModifie, { nom, permissions: now.join(', ') })}\n`);
      });
  }

  roles
    .command('delete')
    .description(t.rolesDelete)
    .argument('<role>', t.argRole)
    .action(async (nom: string) => {
      await (await cli.open()).roles.remove(actor, nom, null);
      terminal.write(`${fill(t.roleSupprime, { nom })}\n`);
    });
}
