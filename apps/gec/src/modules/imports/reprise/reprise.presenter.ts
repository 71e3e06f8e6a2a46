import { z } from 'zod';
import { NATURES } from './reprise.schema.ts';
import type { RemarqueGardee, Resume, Travail } from './reprise.travaux.schema.ts';

const n = z.number();
const resumeShape = z.object({
  fuseau: z.string(),
  tables: z.array(z.object({ table: z.string(), la: n, repris: n, deja: n, ecartes: n })),
  fichiers: z.object({ attendus: n, identiques: n, absents: n, joints: n, non_nommes: n }),
  remarques: z.record(z.string(), n).describe('Nombre de remarques de chaque nature'),
});

/** A takeover in JSON. The key of the older installation never leaves the program. */
export const travailShape = z.object({
  id: z.string(),
  etat: z
    .enum(['RECEPTION', 'DEPOSE', 'PRET', 'EN_COURS', 'TERMINE', 'ECHOUE', 'ANNULE'])
    .describe('DEPOSE : en simulation ; PRET : simulée, à lancer'),
  source: z.string(),
  par: z.string(),
  taille: n.describe('Octets envoyés'),
  fait: n,
  total: n,
  erreur: z.string().nullable(),
  date_creation: z.string(),
  date_fin: z.string().nullable(),
  choix: z.object({
    cle: z.boolean().describe('Une ancienne clé est gardée'),
    fuseau: z.string(),
    comptes: z.string(),
    doubles: z.string(),
    dossier: z.string().nullable(),
  }),
  simulation: resumeShape.nullable(),
  bilan: resumeShape.nullable(),
});

function presentResume({ fuseau, tables, fichiers, natures }: Resume): z.output<typeof resumeShape> {
  const { nonNommes, ...autres } = fichiers;
  return {
    fuseau,
    tables: tables.map((one) => ({ ...one })),
    fichiers: { ...autres, non_nommes: nonNommes },
    remarques: { ...natures },
  };
}

/** A takeover as it leaves the program. */
export function presentTravail(one: Travail): z.output<typeof travailShape> {
  const { source, cle, fuseau, comptes, doubles } = one.parametres;
  const { essai, bilan } = one.resumes;
  return {
    id: one.id,
    etat: one.etat,
    source: one.nom,
    par: one.acteur,
    taille: one.taille,
    fait: one.fait,
    total: one.total,
    erreur: one.erreur,
    date_creation: one.dateCreation,
    date_fin: one.dateFin,
    choix: {
      cle: cle !== null,
      fuseau,
      comptes,
      doubles,
      dossier: source.genre === 'archive' ? null : source.dossier,
    },
    simulation: essai && presentResume(essai),
    bilan: bilan && presentResume(bilan),
  };
}

/** A remark in JSON. */
export const remarqueShape = z.object({
  rang: n,
  nature: z.enum(NATURES),
  table: z.string(),
  ancien_id: n.nullable(),
  repere: z.string(),
  detail: z.string(),
});

/** A remark as it leaves the program. */
export function presentRemarque({ ancienId, ...reste }: RemarqueGardee): z.output<typeof remarqueShape> {
  return { ...reste, ancien_id: ancienId };
}
