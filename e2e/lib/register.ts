import { readFileSync } from 'node:fs';
import { samplePdf, sampleScans, signIn, type Client, type Registered } from '@gec/testing';

/** What the browser tests find in the register. */
export interface Filled {
  /** A letter with a real scan and a PDF, history and a transmission. */
  first: number;
  /** A letter in the corbeille. */
  trashed: number;
  /** An account of role `user`. */
  clerk: { id: number; username: string; motDePasse: string };
}

const SUBJECTS = [
  'Demande de permis de recherches dans le territoire de Kipushi',
  'Transmission du rapport trimestriel de production',
  'Réclamation relative à la taxe superficiaire',
  'Invitation à l’atelier sur la traçabilité des minerais',
];

async function must<T>(answer: Promise<{ status: number; body: T }>, status: number): Promise<T> {
  const { status: got, body } = await answer;
  if (got !== status) throw new Error(`expected ${status}, got ${got}: ${JSON.stringify(body)}`);
  return body;
}

/** Registers a few letters with real scans, one of them with a history, one in the corbeille, and adds a clerk. */
export async function fillRegister(admin: Client, url: string): Promise<Filled> {
  const scans = sampleScans();
  const ids: number[] = [];
  for (const [i, objet] of SUBJECTS.entries()) {
    const scan = scans[i % scans.length]!;
    const pieces = [
      await admin.upload(`${scan.name}.jpg`, readFileSync(scan.path)),
      await admin.upload('annexe.pdf', await samplePdf({ pages: 2, text: objet })),
    ];
    const letter = await must(
      admin.json<Registered>('POST', '/api/v1/courriers', {
        type_courrier: 'ENTRANT',
        objet,
        expediteur: 'Division provinciale des Mines du Haut-Katanga',
        numero_reference: `DPM/HK/${100 + i}/2026`,
        date_redaction: '2026-11-18',
        secretaire_general_copie: i % 2 === 0,
        pieces,
      }),
      201,
    );
    ids.push(letter.id);
  }
  const [first = 0, trashed = 0] = ids;
  await must(admin.json('DELETE', `/api/v1/courriers/${trashed}`), 204);
  const clerk = { username: 'agent.courrier', motDePasse: 'Mot-de-passe-agent-1' };
  const created = await must(
    admin.json<{ id: number; mot_de_passe: string }>('POST', '/api/v1/utilisateurs', {
      username: clerk.username,
      email: 'agent.courrier@example.cd',
      nom_complet: 'Agent du courrier',
      role: 'user',
      departement_id: null,
    }),
    201,
  );
  // The first password serves once: it must be changed before anything else.
  const firstTime = await signIn(url, clerk.username, created.mot_de_passe);
  const change = { ancien: created.mot_de_passe, nouveau: clerk.motDePasse };
  await must(firstTime.json('POST', '/api/v1/profil/mot-de-passe', change), 204);
  firstTime.close();
  return { first, trashed, clerk: { id: created.id, ...clerk } };
}
