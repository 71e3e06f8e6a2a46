import type { PageUtilisateurs } from './utilisateurs.service.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';

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
  };
}

/** A page of accounts as JSON clients see it. */
export function presentPage({ utilisateurs, total, comptes }: PageUtilisateurs) {
  return { utilisateurs: utilisateurs.map(presentUtilisateur), total, comptes };
}
