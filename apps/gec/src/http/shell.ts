import type { ParametresService } from '../modules/parametres/parametres.service.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import type { ShellData } from './page.tsx';

/** What the frame of the pages is made from. */
export interface ShellDeps {
  parametres: Pick<ParametresService, 'get'>;
  /** Open transmissions of a person. */
  aTraiter?(person: Personne): Promise<number>;
  /** Notifications that a person has not read. */
  nonLues?(person: Personne): Promise<number>;
  /** Notice about the licence. */
  bandeau?(person: Personne): Promise<ShellData['bandeau']>;
}

/** Gathers what the frame of every page shows. */
export function createShell({ parametres, aTraiter, nonLues, bandeau }: ShellDeps) {
  return {
    async load(person: Personne | null): Promise<ShellData> {
      const settings = await parametres.get();
      return {
        produit: settings.nomLogiciel,
        organisme: settings.organisme,
        appellationDepartement: settings.appellationDepartement,
        logo: settings.logo ? '/logo' : null,
        badges: person && aTraiter ? { 'a-traiter': await aTraiter(person) } : {},
        nonLues: person && nonLues ? await nonLues(person) : 0,
        bandeau: person && bandeau ? await bandeau(person) : null,
      };
    },
  };
}
