import type { JournalLine } from '../journal/journal.schema.ts';
import type { CompteImporte, PlanImport } from './utilisateurs.import.schema.ts';
import type { PageUtilisateurs } from './utilisateurs.service.ts';
import { photoHref, type UtilisateurGere } from './utilisateurs.schema.ts';

/** An account as JSON clients of the administration see it. */
export function presentUtilisateur(user: UtilisateurGere) {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    nom_complet: user.nomComplet,
    matricule: user.matricule,
    fonction: user.fonction,
    telephone: user.telephone,
    role: user.role,
    role_libelle: user.roleLibelle,
    departement_id: user.departementId,
    departement: user.departementNom,
    actif: user.actif,
    bloque: user.bloque,
    gerable: user.gerable && !user.soiMeme,
    langue: user.langue,
    doit_changer_mot_de_passe: user.doitChangerMotDePasse,
    derniere_connexion: user.derniereConnexion,
    date_creation: user.dateCreation,
    photo: photoHref(user),
    version: user.version,
  };
}

/** A page of accounts as JSON clients see it. */
export function presentPage({ utilisateurs, total, reduit, comptes }: PageUtilisateurs) {
  return { utilisateurs: utilisateurs.map(presentUtilisateur), total, reduit, comptes };
}

/** What an import would do, as JSON clients see it. */
export function presentPlan(plan: PlanImport) {
  const { nom, ajouts, existants, erreurs, empreinte } = plan;
  return {
    nom,
    ajouts,
    existants,
    erreurs,
    empreinte,
    colonnes_ignorees: [...plan.ignorees],
    lignes: plan.lignes.map(({ ligne, action, compte, erreurs: problems }) => ({
      ligne,
      action,
      username: compte.username,
      email: compte.email,
      nom_complet: compte.nomComplet,
      role: compte.role,
      departement_id: compte.departementId,
      erreurs: problems.map(({ field, message }) => ({ field, message })),
    })),
  };
}

/** The accounts that an import made, with their passwords of one use. */
export function presentComptes(comptes: readonly CompteImporte[]) {
  return {
    comptes: comptes.map(({ id, ligne, username, email, nomComplet, motDePasse }) => ({
      id,
      ligne,
      username,
      email,
      nom_complet: nomComplet,
      mot_de_passe: motDePasse,
    })),
  };
}

/** An entry of the history of an account. */
export function presentHistorique({ id, date, action, acteur, details }: JournalLine) {
  return { id, date, action, acteur, details };
}
