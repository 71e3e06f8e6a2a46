import { fill, notFound } from '@gec/core';
import type { Command } from 'commander';
import type { Container } from '../container.ts';
import { presentDepartementGere } from '../modules/departements/departements.presenter.ts';
import type { Departement } from '../modules/departements/departements.schema.ts';
import type { Cli } from './context.ts';
import { organisationTexts } from './organisation.texts.ts';
import { json, table } from './terminal.ts';

interface EditOptions {
  nom?: string;
  code?: string;
  description?: string;
  parent?: string;
  chef?: string;
}

async function named(cli: Cli, container: Container, code: string): Promise<Departement> {
  const found = await container.departements.byCode(code);
  if (!found) throw notFound(fill(cli.t.departementInconnu, { nom: code }));
  return found;
}

/** The parent and the head that options name: `-` for none, what stood there where nothing is said. */
async function linksOf(
  cli: Cli,
  container: Container,
  { parent, chef }: Pick<EditOptions, 'parent' | 'chef'>,
  before: Pick<Departement, 'parentId' | 'chefId'>,
): Promise<Pick<Departement, 'parentId' | 'chefId'>> {
  let { parentId, chefId } = before;
  if (parent !== undefined) parentId = parent === '-' ? null : (await named(cli, container, parent)).id;
  if (chef !== undefined) {
    const account = chef === '-' ? null : await container.utilisateurs.identifiants(chef);
    if (chef !== '-' && account === null) throw notFound(fill(cli.t.compteInconnu, { nom: chef }));
    chefId = account?.id ?? null;
  }
  return { parentId, chefId };
}

function registerList(departements: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = organisationTexts(lang);
  departements
    .command('list')
    .description(t.departementsList)
    .option('--json', cli.t.json)
    .action(async (options: { json?: boolean }) => {
      const all = await (await cli.open()).departements.arbre(actor);
      if (options.json) {
        terminal.write(json(all.map(presentDepartementGere)));
        return;
      }
      const rows = all.map((departement) => [
        departement.code,
        `${'  '.repeat(departement.profondeur)}${departement.nom}`,
        departement.chefNom ?? '—',
        String(departement.personnes),
        departement.actif ? t.actif : t.inactif,
      ]);
      terminal.write(table([t.colCode, t.colNom, t.colChef, t.colPersonnes, t.colEtat], rows));
    });
}

/** Registers `gec departements …`. */
export function registerDepartements(program: Command, cli: Cli): void {
  const { terminal, actor, lang } = cli;
  const t = organisationTexts(lang);
  const departements = program.command('departements').description(t.departements);
  registerList(departements, cli);

  departements
    .command('add')
    .description(t.departementsAdd)
    .argument('<code>', t.argCode)
    .argument('<nom>', t.argNom)
    .option('--description <texte>', t.optDescription)
    .option('--parent <code>', t.optParent)
    .option('--chef <compte>', t.optChef)
    .action(
      async (code: string, nom: string, options: Pick<EditOptions, 'description' | 'parent' | 'chef'>) => {
        const container = await cli.open();
        const links = await linksOf(cli, container, options, { parentId: null, chefId: null });
        const made = await container.departements.add(actor, {
          code,
          nom,
          description: options.description ?? null,
          ...links,
        });
        terminal.write(`${fill(t.departementAjoute, { code: made.code, id: made.id })}\n`);
      },
    );

  departements
    .command('edit')
    .description(t.departementsEdit)
    .argument('<code>', t.argCode)
    .option('--nom <nom>', t.optNom)
    .option('--code <code>', t.optCode)
    .option('--description <texte>', t.optDescription)
    .option('--parent <code>', t.optParent)
    .option('--chef <compte>', t.optChef)
    .action(async (code: string, options: EditOptions) => {
      const container = await cli.open();
      const before = await named(cli, container, code);
      const links = await linksOf(cli, container, options, before);
      const now = {
        code: options.code ?? before.code,
        nom: options.nom ?? before.nom,
        description: options.description ?? before.description,
        ...links,
      };
      const champs = await container.departements.edit(actor, before.id, now, before.version);
      const text = champs.length === 0 ? t.departementInchange : t.departementModifie;
      terminal.write(`${fill(text, { code: now.code, champs: champs.join(', ') })}\n`);
    });

  for (const actif of [false, true]) {
    departements
      .command(actif ? 'activate' : 'deactivate')
      .description(actif ? t.departementsActivate : t.departementsDeactivate)
      .argument('<code>', t.argCode)
      .action(async (code: string) => {
        const container = await cli.open();
        const { id, version } = await named(cli, container, code);
        await container.departements.setActive(actor, id, actif, version);
        terminal.write(`${fill(actif ? t.departementActive : t.departementDesactive, { code })}\n`);
      });
  }

  departements
    .command('delete')
    .description(t.departementsDelete)
    .argument('<code>', t.argCode)
    .action(async (code: string) => {
      const container = await cli.open();
      const { id, version } = await named(cli, container, code);
      await container.departements.remove(actor, id, version);
      terminal.write(`${fill(t.departementSupprime, { code })}\n`);
    });
}
