import { dataKeyTables, journalHeadTables, outboxTables, type Step } from '@gec/db';
import { addressTables, lockoutTables, sessionTables } from '@gec/http';

/** The register as it begins: people, letters, numbers, files, journal. */
export const initial: Step = {
  name: '0001_initial',
  statements: (t, engine) => [
    ...dataKeyTables(t),
    ...outboxTables(t),
    ...journalHeadTables(t),

    `create table departement (
      id ${t.id}, code text not null unique, nom text not null, description text,
      parent_id ${t.bigint} references departement(id), chef_departement_id ${t.bigint},
      actif ${t.bool} not null, date_creation ${t.timestamp} not null)`,
    `create index departement_parent on departement(parent_id)`,

    `create table role (
      nom text primary key, nom_affichage text not null, description text, couleur text,
      actif ${t.bool} not null, modifiable ${t.bool} not null)`,
    `create table role_permission (
      role_nom text not null references role(nom), permission_nom text not null,
      primary key (role_nom, permission_nom))`,

    `create table "user" (
      id ${t.id}, username text not null unique, username_cle text not null unique,
      email ${t.sealed} not null unique, email_cle text not null unique, password_hash text not null,
      nom_complet ${t.sealed} not null, matricule ${t.sealed}, fonction ${t.sealed}, telephone ${t.sealed},
      role text not null references role(nom), departement_id ${t.bigint} references departement(id),
      actif ${t.bool} not null, langue text not null, doit_changer_mot_de_passe ${t.bool} not null,
      mot_de_passe_change_le ${t.timestamp} not null, derniere_connexion ${t.timestamp},
      date_creation ${t.timestamp} not null, version integer not null)`,
    `create index user_role on "user"(role)`,
    `create index user_departement on "user"(departement_id)`,

    ...sessionTables(t),
    ...lockoutTables(t),
    ...addressTables(t),

    `create table statut_courrier (
      id ${t.id}, nom text not null unique, libelle text not null, description text, couleur text not null,
      final ${t.bool} not null, actif ${t.bool} not null, ordre integer not null)`,
    `create table type_courrier_sortant (
      id ${t.id}, nom text not null unique, description text, actif ${t.bool} not null,
      ordre_affichage integer not null)`,

    `create table registre (
      id ${t.id}, flux text not null, annee integer not null, format text not null, mode text not null,
      valeur_depart integer not null, prochain integer not null, unique (flux, annee))`,
    `create table correspondant (
      id ${t.id}, nom ${t.sealed} not null, nom_cle text not null unique, usages integer not null,
      dernier_usage ${t.timestamp} not null, actif ${t.bool} not null)`,
    `create table correspondant_terme (
      terme text not null, correspondant_id ${t.bigint} not null references correspondant(id),
      primary key (terme, correspondant_id))${engine === 'sqlite' ? ' without rowid' : ''}`,
    `create index correspondant_terme_correspondant on correspondant_terme(correspondant_id)`,
    `create table correspondant_acces (
      principal text not null, correspondant_id ${t.bigint} not null references correspondant(id),
      primary key (principal, correspondant_id))${engine === 'sqlite' ? ' without rowid' : ''}`,
    `create index correspondant_acces_correspondant on correspondant_acces(correspondant_id)`,

    `create table courrier (
      id ${t.id}, ordre ${t.bigint} not null unique, numero_accuse_reception text not null unique,
      numero_reference ${t.sealed}, objet ${t.sealed} not null, type_courrier text not null,
      expediteur ${t.sealed}, destinataire ${t.sealed}, date_redaction ${t.date},
      date_enregistrement ${t.timestamp} not null, statut text not null,
      fichier_nom ${t.sealed} not null, fichier_chemin text not null, fichier_type text not null,
      utilisateur_id ${t.bigint} not null references "user"(id),
      departement_id ${t.bigint} references departement(id),
      correspondant_id ${t.bigint} references correspondant(id),
      secretaire_general_copie ${t.bool}, type_courrier_sortant_id ${t.bigint} references type_courrier_sortant(id),
      autres_informations ${t.sealed}, objet_cle text not null, reference_cle text,
      nombre_pieces integer not null, envoi text unique, date_modification_statut ${t.timestamp},
      modifie_par_id ${t.bigint} references "user"(id), date_modification ${t.timestamp},
      is_deleted ${t.bool} not null, deleted_at ${t.timestamp}, deleted_by_id ${t.bigint} references "user"(id),
      version integer not null)`,
    `create index courrier_utilisateur on courrier(utilisateur_id, ordre)`,
    `create index courrier_departement on courrier(departement_id, ordre)`,
    `create index courrier_correspondant on courrier(correspondant_id, ordre)`,
    `create index courrier_type on courrier(type_courrier, ordre)`,
    `create index courrier_statut on courrier(statut, ordre)`,
    `create index courrier_type_sortant on courrier(type_courrier_sortant_id, ordre)`,
    `create index courrier_copie on courrier(secretaire_general_copie, ordre)`,
    `create index courrier_date_enregistrement on courrier(date_enregistrement)`,
    `create index courrier_date_redaction on courrier(date_redaction, ordre)`,
    `create index courrier_objet_cle on courrier(objet_cle)`,
    `create index courrier_reference_cle on courrier(reference_cle)`,
    `create index courrier_supprime on courrier(deleted_at) where deleted_at is not null`,
    `create index courrier_modifie_par on courrier(modifie_par_id)`,
    `create index courrier_deleted_by on courrier(deleted_by_id)`,

    `create table courrier_acces (
      principal text not null, ordre ${t.bigint} not null, courrier_id ${t.bigint} not null,
      primary key (principal, ordre))${engine === 'sqlite' ? ' without rowid' : ''}`,
    `create index courrier_acces_courrier on courrier_acces(courrier_id)`,

    `create table numero (
      id ${t.id}, registre_id ${t.bigint} not null references registre(id), compteur integer,
      numero text not null unique, etat text not null, courrier_id ${t.bigint} unique, motif ${t.sealed},
      utilisateur_id ${t.bigint} references "user"(id), date_attribution ${t.timestamp} not null,
      date_etat ${t.timestamp} not null, unique (registre_id, compteur))`,
    `create index numero_date on numero(date_attribution)`,
    `create index numero_utilisateur on numero(utilisateur_id)`,

    `create table piece (
      id ${t.id}, courrier_id ${t.bigint} not null references courrier(id) deferrable initially deferred,
      rang integer not null,
      nom ${t.sealed} not null, chemin text not null unique, type_mime text not null, taille ${t.bigint} not null,
      sha256 ${t.sealed} not null, empreinte text not null, pages integer not null,
      ajoute_par_id ${t.bigint} not null references "user"(id), date_ajout ${t.timestamp} not null,
      unique (courrier_id, rang))`,
    `create index piece_empreinte on piece(empreinte)`,
    `create index piece_ajoute_par on piece(ajoute_par_id)`,
    `create table televersement (
      id text primary key, user_id ${t.bigint} not null references "user"(id), nom ${t.sealed} not null,
      chemin text not null unique, type_mime text not null, taille ${t.bigint} not null,
      sha256 ${t.sealed} not null, empreinte text not null, pages integer not null,
      date_ajout ${t.timestamp} not null)`,
    `create index televersement_user on televersement(user_id)`,
    `create index televersement_date on televersement(date_ajout)`,
    `create table brouillon (
      user_id ${t.bigint} not null references "user"(id), flux text not null, contenu ${t.sealed} not null,
      date_modification ${t.timestamp} not null, primary key (user_id, flux))`,

    `create table courrier_modification (
      id ${t.id}, courrier_id ${t.bigint} not null references courrier(id),
      utilisateur_id ${t.bigint} not null references "user"(id), champ_modifie text not null,
      ancienne_valeur ${t.sealed}, nouvelle_valeur ${t.sealed}, date_modification ${t.timestamp} not null,
      ip_address text not null)`,
    `create index courrier_modification_courrier on courrier_modification(courrier_id, id)`,
    `create index courrier_modification_utilisateur on courrier_modification(utilisateur_id)`,
    `create table courrier_forward (
      id ${t.id}, courrier_id ${t.bigint} not null references courrier(id),
      forwarded_by_id ${t.bigint} not null references "user"(id),
      forwarded_to_id ${t.bigint} not null references "user"(id),
      instruction text, message ${t.sealed}, echeance ${t.date}, date_transmission ${t.timestamp} not null,
      lu ${t.bool} not null, date_lecture ${t.timestamp}, date_traitement ${t.timestamp})`,
    `create index courrier_forward_courrier on courrier_forward(courrier_id)`,
    `create index courrier_forward_to on courrier_forward(forwarded_to_id, date_traitement)`,
    `create index courrier_forward_by on courrier_forward(forwarded_by_id, id)`,
    `create unique index courrier_forward_ouverte on courrier_forward(courrier_id, forwarded_by_id, forwarded_to_id)
      where date_traitement is null`,
    `create table courrier_comment (
      id ${t.id}, courrier_id ${t.bigint} not null references courrier(id),
      user_id ${t.bigint} not null references "user"(id), commentaire ${t.sealed} not null,
      type_comment text not null, date_creation ${t.timestamp} not null, actif ${t.bool} not null)`,
    `create index courrier_comment_courrier on courrier_comment(courrier_id, id)`,
    `create index courrier_comment_user on courrier_comment(user_id)`,

    `create table log_activite (
      id ${t.id}, action text not null, description ${t.sealed}, date_action ${t.timestamp} not null,
      ip_address text not null, utilisateur_id ${t.bigint}, acteur text not null, courrier_id ${t.bigint},
      numero text, mac text not null, seq ${t.bigint} unique, hash text)`,
    `create index log_activite_a_chainer on log_activite(id) where seq is null`,
    `create index log_activite_courrier on log_activite(courrier_id, id)`,
    `create index log_activite_utilisateur on log_activite(utilisateur_id, id)`,
    `create index log_activite_action on log_activite(action, id)`,
    `create index log_activite_date on log_activite(date_action)`,

    `create table parametre (
      cle text primary key, valeur ${t.sealed} not null, modifie_par_id ${t.bigint} references "user"(id),
      date_modification ${t.timestamp} not null)`,
    `create index parametre_modifie_par on parametre(modifie_par_id)`,
    `create table version_cache (nom text primary key, version ${t.bigint} not null)`,
    `create table tache (
      id text primary key, user_id ${t.bigint} not null references "user"(id), genre text not null,
      parametres ${t.sealed} not null, etat text not null, fait integer not null, total integer not null,
      fichier_nom ${t.sealed}, fichier_chemin text, fichier_type text, taille ${t.bigint}, erreur text,
      essais integer not null, bail_detenteur text, bail_fin ${t.timestamp},
      date_creation ${t.timestamp} not null, date_fin ${t.timestamp})`,
    `create index tache_user on tache(user_id, date_creation)`,
    `create index tache_etat on tache(etat)`,
    `create index tache_fichier on tache(fichier_chemin)`,
  ],
};
