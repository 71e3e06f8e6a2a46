import { fill, notFound } from '@gec/core';
import type { Container } from '../container.ts';
import type { UtilisateurGere } from '../modules/utilisateurs/utilisateurs.schema.ts';
import type { Cli } from './context.ts';

/** The account of a user name or an address. @throws AppError not-found */
export async function account(cli: Cli, container: Container, name: string): Promise<UtilisateurGere> {
  const found = await container.utilisateurs.identifiants(name);
  if (!found) throw notFound(fill(cli.t.compteInconnu, { nom: name }));
  return container.utilisateurs.find(cli.actor, found.id);
}

/** The department of a code. @throws AppError not-found */
export async function departementId(cli: Cli, container: Container, code: string): Promise<number> {
  const found = await container.departements.byCode(code);
  if (!found) throw notFound(fill(cli.t.departementInconnu, { nom: code }));
  return found.id;
}
