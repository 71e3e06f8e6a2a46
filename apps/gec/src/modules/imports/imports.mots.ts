import { fold, foldName } from '@gec/core';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { Choix, Plan } from './imports.choix.schema.ts';
import type { ImportsRepo } from './imports.suivi.repo.ts';

export interface MotsDeps {
  repo: Pick<ImportsRepo, 'comptes'>;
  referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants'>;
  departements: Pick<DepartementsService, 'list'>;
}

type Inconnus = { [K in keyof Plan['inconnus']]: Record<string, number> };

/** Understands the words of another installation or register: those that are the same here, and those that were mapped. */
export async function createMots({ repo, referentiels, departements }: MotsDeps, choix: Choix) {
  const comptes = new Map((await repo.comptes()).map(({ id, username }) => [fold(username), id]));
  const connus = new Set(comptes.values());
  const statuts = new Map<string, string>();
  for (const { nom, libelle } of await referentiels.statuts()) {
    statuts.set(foldName(libelle), nom);
    statuts.set(foldName(nom), nom);
  }
  const types = new Map((await referentiels.typesSortants()).map(({ id, nom }) => [foldName(nom), id]));
  const services = new Map<string, number>();
  for (const { id, nom, code } of await departements.list()) {
    services.set(foldName(nom), id);
    services.set(foldName(code), id);
  }
  const inconnus: Inconnus = { utilisateurs: {}, statuts: {}, types: {}, departements: {} };
  const noter = (sorte: keyof Inconnus, mot: string) => {
    const kind = inconnus[sorte];
    // Bounded: a wrong column would make a word of every line.
    if (Object.hasOwn(kind, mot) || Object.keys(kind).length < 200) kind[mot] = (kind[mot] ?? 0) + 1;
  };
  const choisi = <T>(map: Readonly<Record<string, T>>, mot: string): T | undefined =>
    Object.hasOwn(map, mot) ? map[mot] : undefined;

  return {
    inconnus,
    utilisateur(mot: string | null): number {
      if (mot === null || mot === '') return choix.utilisateur;
      const known = comptes.get(fold(mot));
      if (known !== undefined) return known;
      noter('utilisateurs', mot);
      const mapped = choisi(choix.utilisateurs, mot);
      return mapped !== undefined && connus.has(mapped) ? mapped : choix.utilisateur;
    },
    statut(mot: string): string {
      if (mot === '') return choix.statut;
      const known = statuts.get(foldName(mot));
      if (known !== undefined) return known;
      noter('statuts', mot);
      return statuts.get(foldName(choisi(choix.statuts, mot) ?? '')) ?? choix.statut;
    },
    type(mot: string | null): number | null {
      if (mot === null || mot === '') return null;
      const known = types.get(foldName(mot));
      if (known !== undefined) return known;
      noter('types', mot);
      const mapped = choisi(choix.types, mot);
      return mapped !== undefined && [...types.values()].includes(mapped) ? mapped : null;
    },
    departement(mot: string | null): number | null {
      if (mot === null || mot === '') return null;
      const known = services.get(foldName(mot));
      if (known !== undefined) return known;
      noter('departements', mot);
      const mapped = choisi(choix.departements, mot);
      return mapped !== undefined && [...services.values()].includes(mapped) ? mapped : null;
    },
  };
}

export type Mots = Awaited<ReturnType<typeof createMots>>;
