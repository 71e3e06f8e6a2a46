import type { Personne, Utilisateur } from '../utilisateurs/utilisateurs.schema.ts';

/** A signed-in person as JSON clients see them. */
export function presentPersonne(person: Personne) {
  return {
    id: person.userId,
    username: person.username,
    nom_complet: person.nomComplet,
    role: person.role,
    role_libelle: person.roleLibelle,
    departement_id: person.departementId,
    langue: person.lang,
    permissions: [...person.permissions].sort(),
    doit_changer_mot_de_passe: person.doitChangerMotDePasse,
    doit_ajouter_facteur: person.doitAjouterFacteur ?? false,
  };
}

/** One's own account as JSON clients see it. */
export function presentCompte(compte: Utilisateur) {
  return {
    id: compte.id,
    username: compte.username,
    email: compte.email,
    nom_complet: compte.nomComplet,
    matricule: compte.matricule,
    fonction: compte.fonction,
    telephone: compte.telephone,
    role: compte.role,
    departement_id: compte.departementId,
    departement: compte.departementNom,
    langue: compte.langue,
    derniere_connexion: compte.derniereConnexion,
  };
}
