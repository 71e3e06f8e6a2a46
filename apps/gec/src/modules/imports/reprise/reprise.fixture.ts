import { createCipheriv, createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Key of the invented older installation. */
export const CLE = Buffer.alloc(32, 42);
export const MOTS_DE_PASSE = { chef: 'Kolwezi-2024 é', clerc: 'Likasi-2023' } as const;
export const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

const chiffrer = (text: string): string => {
  const iv = createHash('md5').update(text).digest();
  const cipher = createCipheriv('aes-256-cbc', CLE, iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
};
const scrypt = (password: string): string => {
  const options = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  return `scrypt:32768:8:1$sel16$${scryptSync(password, 'sel16', 64, options).toString('hex')}`;
};
const pbkdf2 = (password: string): string =>
  `pbkdf2:sha256:1000$sel$${pbkdf2Sync(password, 'sel', 1_000, 32, 'sha256').toString('hex')}`;

type Valeur = string | number | boolean | null;
type Ligne = Readonly<Record<string, Valeur>>;

/** A letter of the older installation. */
export interface CourrierFictif extends Record<string, Valeur> {
  id: number;
  numero_accuse_reception: string | null;
  type_courrier: string;
  objet: string | null;
  date_enregistrement: string;
}

const TABLES: Readonly<Record<string, string>> = {
  departement:
    'nom text, description text, code text, chef_departement_id integer, actif boolean, date_creation timestamp',
  role: 'nom text, nom_affichage text, description text, couleur text, icone text, actif boolean, modifiable boolean',
  role_permission: 'role_id integer, permission_nom text',
  user:
    'username text, email text, email_encrypted text, password_hash text, password_hash_encrypted text, nom_complet text, ' +
    'nom_complet_encrypted text, role text, departement_id integer, actif boolean, langue text, matricule text, ' +
    'fonction text, photo_profile text, date_creation timestamp',
  statut_courrier: 'nom text, description text, couleur text, actif boolean, ordre integer',
  type_courrier_sortant: 'nom text, description text, actif boolean, ordre_affichage integer',
  courrier:
    'numero_accuse_reception text, numero_reference text, numero_reference_encrypted text, objet text, ' +
    'objet_encrypted text, type_courrier text, expediteur text, destinataire text, date_redaction date, ' +
    'date_enregistrement timestamp, statut text, date_modification_statut timestamp, fichier_nom text, ' +
    'fichier_chemin text, fichier_type text, fichier_checksum text, fichier_encrypted boolean, utilisateur_id integer, ' +
    'secretaire_general_copie boolean, type_courrier_sortant_id integer, autres_informations text, is_deleted boolean, ' +
    'deleted_at timestamp, deleted_by_id integer, colonne_inconnue text',
  courrier_modification:
    'courrier_id integer, utilisateur_id integer, champ_modifie text, ancienne_valeur text, nouvelle_valeur text, ' +
    'date_modification timestamp, ip_address text',
  courrier_comment:
    'courrier_id integer, user_id integer, commentaire text, type_comment text, date_creation timestamp, actif boolean',
  courrier_forward:
    'courrier_id integer, forwarded_by_id integer, forwarded_to_id integer, message text, attached_file text, ' +
    'attached_file_original_name text, date_transmission timestamp, lu boolean, date_lecture timestamp, email_sent boolean',
  notification: 'user_id integer, titre text',
  log_activite:
    'action text, description text, date_action timestamp, ip_address text, utilisateur_id integer, courrier_id integer',
  ip_block: 'ip_address text, reason text',
  ip_whitelist: 'ip_address text, description text',
  email_template: 'type_template text, sujet text',
  parametres_systeme:
    'nom_logiciel text, mode_numero_accuse text, format_numero_accuse text, telephone text, smtp_password text',
  table_inconnue: 'chose text',
};

/** Everything that the older installation holds, and its files by path. */
export interface Ancienne {
  readonly lignes: Readonly<Record<string, readonly Ligne[]>>;
  readonly courriers: readonly CourrierFictif[];
  readonly fichiers: ReadonlyMap<string, Buffer>;
}

/**
 * Invents an installation of `total` letters with everything odd that older ones have.
 *
 * @param scans three PDFs, a PNG and a TIFF
 */
export function inventerAncienne(total: number, scans: readonly Buffer[]): Ancienne {
  const fichiers = new Map<string, Buffer>();
  const ext = ['pdf', 'pdf', 'pdf', 'png', 'tif'];
  const courriers: CourrierFictif[] = [];
  for (let id = 1; id <= total; id++) {
    const nature = id % scans.length;
    const nom = `2025_lettre ${id}.${ext[nature] ?? 'pdf'}`;
    const contenu = scans[nature] ?? Buffer.alloc(0);
    const sortant = id % 30 === 0;
    const seconde = String(id % 60).padStart(2, '0');
    const minute = String(Math.floor(id / 60) % 60).padStart(2, '0');
    const un: CourrierFictif = {
      id,
      numero_accuse_reception: sortant ? `D/${id}/2025` : `${String(8_000 + id).padStart(6, '0')}-25`,
      numero_reference: id % 3 === 0 ? `REF/${id}` : null,
      numero_reference_encrypted: null,
      objet: `Objet de la lettre n° ${id}`,
      objet_encrypted: null,
      type_courrier: sortant ? 'SORTANT' : 'ENTRANT',
      expediteur: sortant ? null : `Société ${id % 17}`,
      destinataire: sortant ? `Gouverneur ${id % 5}` : null,
      date_redaction: id % 4 === 0 ? null : `2025-0${1 + (id % 8)}-1${id % 10}`,
      date_enregistrement: `2025-10-${String(1 + (id % 28)).padStart(2, '0')} 09:${minute}:${seconde}.123456`,
      statut: ['RECU', 'EN_COURS', 'TRAITE', 'En attente d’avis', 'ARCHIVE'][id % 5] ?? 'RECU',
      date_modification_statut: id % 5 === 2 ? '2025-11-02 10:00:00' : null,
      fichier_nom: nom,
      fichier_chemin: `uploads/${nom}`,
      fichier_type: ext[nature] ?? 'pdf',
      fichier_checksum: id % 7 === 0 ? createHash('sha256').update(contenu).digest('hex') : null,
      fichier_encrypted: false,
      utilisateur_id: 1 + (id % 4),
      secretaire_general_copie: sortant ? null : id % 2 === 0,
      type_courrier_sortant_id: sortant ? 1 + (id % 2) : null,
      autres_informations: id % 11 === 0 ? 'Deux annexes' : null,
      is_deleted: id % 41 === 0,
      deleted_at: id % 41 === 0 ? '2025-11-05 08:00:00' : null,
      deleted_by_id: id % 41 === 0 ? 1 : null,
      colonne_inconnue: 'x',
    };
    courriers.push(un);
    fichiers.set(nom, contenu);
  }
  const bizarre = (id: number, change: Ligne): void => void Object.assign(courriers[id - 1] ?? {}, change);
  bizarre(2, { fichier_chemin: 'C:\\gec\\uploads\\2025_lettre 2.pdf' });
  bizarre(3, { fichier_chemin: '/srv/autre/uploads/2025_lettre 3.png' });
  bizarre(4, { fichier_chemin: 'uploads/disparu.pdf' });
  bizarre(5, { fichier_chemin: '../../etc/passwd', fichier_nom: 'passwd' });
  bizarre(6, { fichier_chemin: 'uploads/plan.svg', fichier_nom: 'plan.svg' });
  fichiers.set('plan.svg', Buffer.from(SVG));
  bizarre(7, { fichier_chemin: 'uploads/casse.pdf', fichier_nom: 'casse.pdf', fichier_checksum: null });
  fichiers.set('casse.pdf', Buffer.from('%PDF-1.4 coupé'));
  bizarre(8, {
    fichier_nom: 'image.pdf',
    fichier_chemin: 'uploads/renomme.pdf',
    fichier_checksum: 'ab'.repeat(32),
  });
  fichiers.set('renomme.pdf', scans[3] ?? Buffer.alloc(0));
  bizarre(9, { numero_accuse_reception: '008001-25' });
  bizarre(10, { numero_accuse_reception: '  12 / 2025  ' });
  bizarre(11, { numero_accuse_reception: '12 / 2025' });
  bizarre(12, { numero_accuse_reception: '' });
  bizarre(13, { objet: null, objet_encrypted: chiffrer('Objet chiffré é') });
  bizarre(14, { objet: '', objet_encrypted: 'pas du chiffre' });
  bizarre(15, { expediteur: null });
  bizarre(16, { utilisateur_id: 999 });
  bizarre(17, { statut: null, type_courrier: 'Entrant' });
  bizarre(18, { destinataire: 'Direction des Mines' });
  bizarre(19, { numero_reference: 'CLAIR', numero_reference_encrypted: chiffrer('AUTRE') });
  bizarre(20, { objet: 'x'.repeat(3_000), autres_informations: 'ligne 1\nligne 2' });
  bizarre(21, { numero_accuse_reception: 'N'.repeat(80) });
  bizarre(22, { fichier_nom: null, fichier_chemin: null });

  const users = ['chef', 'clerc', 'agent un', 'ancien'].map((username, at) => ({
    id: at + 1,
    username,
    email: at === 2 ? null : `${username}@mines.example`,
    email_encrypted: at === 2 ? chiffrer('agent@mines.example') : null,
    password_hash: at === 0 ? scrypt(MOTS_DE_PASSE.chef) : at === 1 ? pbkdf2(MOTS_DE_PASSE.clerc) : 'clair',
    password_hash_encrypted: null,
    nom_complet: `Personne ${at + 1}`,
    nom_complet_encrypted: null,
    role: ['super_admin', 'archiviste', 'inconnu', 'user'][at] ?? 'user',
    departement_id: at === 3 ? 99 : 1 + (at % 2),
    actif: at !== 3,
    langue: 'fr',
    matricule: `M-${at}`,
    fonction: null,
    photo_profile: null,
    date_creation: '2024-01-02 08:00:00',
  }));
  const enfants = courriers.filter(({ id }) => id % 3 === 0);
  const lignes: Record<string, readonly Ligne[]> = {
    departement: [
      {
        id: 1,
        nom: 'Secrétariat Général',
        description: null,
        code: 'SG',
        chef_departement_id: null,
        actif: true,
        date_creation: '2024-01-01 00:00:00',
      },
      {
        id: 2,
        nom: 'Cadastre minier',
        description: 'CAMI',
        code: 'CAD-MIN',
        chef_departement_id: 2,
        actif: true,
        date_creation: '2024-01-01 00:00:00',
      },
    ],
    role: [
      {
        id: 1,
        nom: 'super_admin',
        nom_affichage: 'Super',
        description: null,
        couleur: 'bg-danger',
        icone: 'x',
        actif: true,
        modifiable: false,
      },
      {
        id: 2,
        nom: 'archiviste',
        nom_affichage: 'Archiviste',
        description: 'Lit tout',
        couleur: 'bg-info',
        icone: 'x',
        actif: true,
        modifiable: true,
      },
    ],
    role_permission: [
      { id: 1, role_id: 2, permission_nom: 'read_all_mail' },
      { id: 2, role_id: 2, permission_nom: 'voler' },
    ],
    user: users,
    statut_courrier: [
      { id: 1, nom: 'RECU', description: 'Reçu', couleur: 'bg-primary', actif: true, ordre: 1 },
      { id: 2, nom: 'En attente d’avis', description: null, couleur: 'bg-warning', actif: true, ordre: 2 },
    ],
    type_courrier_sortant: [
      { id: 1, nom: 'Note circulaire', description: null, actif: true, ordre_affichage: 1 },
      { id: 2, nom: 'Ordre de mission', description: null, actif: true, ordre_affichage: 2 },
    ],
    courrier: courriers,
    courrier_modification: [
      ...enfants.map(({ id }) => ({
        id,
        courrier_id: id,
        utilisateur_id: 1,
        champ_modifie: 'statut',
        ancienne_valeur: 'RECU',
        nouvelle_valeur: 'EN_COURS',
        date_modification: '2025-11-01 09:00:00',
        ip_address: '10.0.0.1',
      })),
      {
        id: 9_001,
        courrier_id: 9_999,
        utilisateur_id: 1,
        champ_modifie: 'objet',
        ancienne_valeur: 'a',
        nouvelle_valeur: 'b',
        date_modification: '2025-11-01 09:00:00',
        ip_address: '',
      },
    ],
    courrier_comment: enfants.map(({ id }) => ({
      id,
      courrier_id: id,
      user_id: id % 12 === 0 ? 77 : 2,
      commentaire: `Vu ${id}`,
      type_comment: 'annotation',
      date_creation: '2025-11-01 09:00:00',
      actif: id % 9 !== 0,
    })),
    courrier_forward: enfants.flatMap(({ id }) =>
      [0, 1].map((n) => ({
        id: id * 2 + n,
        courrier_id: id,
        forwarded_by_id: 1,
        forwarded_to_id: 2,
        message: 'Pour avis',
        attached_file: id === 33 && n === 0 ? 'uploads/annexe.pdf' : null,
        attached_file_original_name: id === 33 && n === 0 ? 'annexe.pdf' : null,
        date_transmission: `2025-11-0${n + 1} 09:00:00`,
        lu: n === 0,
        date_lecture: n === 0 ? '2025-11-01 10:00:00' : null,
        email_sent: true,
      })),
    ),
    notification: [{ id: 1, user_id: 1, titre: 'Nouveau' }],
    log_activite: [1, 2, 3].map((id) => ({
      id,
      action: 'LOGIN',
      description: `Entrée ${id}`,
      date_action: '2025-10-01 08:00:00',
      ip_address: '10.0.0.1',
      utilisateur_id: 1,
      courrier_id: null,
    })),
    ip_block: [
      { id: 1, ip_address: '203.0.113.7', reason: 'essais' },
      { id: 2, ip_address: 'partout', reason: '' },
    ],
    ip_whitelist: [{ id: 1, ip_address: '10.1.0.0/16', description: 'bureau' }],
    email_template: [{ id: 1, type_template: 'new_mail', sujet: 'Courrier' }],
    parametres_systeme: [
      {
        id: 1,
        nom_logiciel: 'GEC Ancien',
        mode_numero_accuse: 'manuel',
        format_numero_accuse: 'GEC-{year}-{counter:05d}',
        telephone: '+243 000',
        smtp_password: 'secret-smtp',
      },
    ],
    table_inconnue: [{ id: 1, chose: 'y' }],
  };
  fichiers.set('sous/annexe.pdf', scans[1] ?? Buffer.alloc(0));
  return { lignes, courriers, fichiers };
}

const litteral = (value: Valeur | undefined): string => {
  if (value === null || value === undefined) return 'null';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
};

/** The SQL that writes an invented installation; `sans` names tables and columns (`table.column`) that it lacks. */
export function scriptAncien({ lignes }: Ancienne, sans: readonly string[] = []): string[] {
  const statements: string[] = [];
  for (const [table, columns] of Object.entries(TABLES)) {
    if (sans.includes(table)) continue;
    const kept = columns.split(', ').filter((column) => !sans.includes(`${table}.${column.split(' ')[0]}`));
    statements.push(`create table "${table}" (id integer primary key, ${kept.join(', ')})`);
    const names = ['id', ...kept.map((column) => column.split(' ')[0] ?? '')];
    const rows = (lignes[table] ?? []).map(
      (row) => `(${names.map((name) => litteral(row[name])).join(', ')})`,
    );
    if (rows.length > 0)
      statements.push(`insert into "${table}" (${names.join(', ')}) values ${rows.join(', ')}`);
  }
  return statements;
}

/** Writes the files of an invented installation into a folder. */
export async function ecrireFichiers(dir: string, { fichiers }: Ancienne): Promise<void> {
  for (const [path, content] of fichiers) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}
