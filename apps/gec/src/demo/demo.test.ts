import { dayOf } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '../test/harness.ts';
import { pdfText, withPdf } from '../workers/pdf.ts';
import { apresOuvrees, momentsDArrivee } from './demo.calendrier.ts';
import { createHasard } from './demo.hasard.ts';
import { inventer } from './demo.lettres.ts';
import { COURRIERS, createHorloge, remplir } from './demo.remplir.ts';
import { numeriser } from './demo.scans.ts';

const SAMEDI = new Date('2026-11-21T18:00:00Z');

describe('five invented weeks', () => {
  it.each(['2026-11-21T18:00:00Z', '2026-11-18T10:12:00Z', '2026-11-16T06:40:00Z', '2027-01-04T23:30:00Z'])(
    'brings every letter on a working day, in office hours, before now (%s)',
    (instant) => {
      const now = new Date(instant);
      const moments = momentsDArrivee(COURRIERS, createHasard(1), now);
      expect(moments).toHaveLength(COURRIERS);
      expect(new Set(moments).size).toBe(COURRIERS);
      const parJour = new Map<string, number>();
      for (const moment of moments) {
        const jour = dayOf(new Date(moment));
        parJour.set(jour, (parJour.get(jour) ?? 0) + 1);
        expect([1, 2, 3, 4, 5]).toContain(new Date(`${jour}T00:00:00Z`).getUTCDay());
        const minutes = (moment - Date.parse(`${jour}T00:00:00+01:00`)) / 60_000;
        expect(minutes).toBeGreaterThanOrEqual(7.5 * 60);
        expect(minutes).toBeLessThan(15.5 * 60);
      }
      expect(moments.at(-1)).toBeLessThan(now.getTime());
      expect(Math.max(...parJour.values())).toBe(86);
    },
  );

  it('counts office time over nights and weekends', () => {
    const vendredi = Date.parse('2026-11-20T15:00:00+01:00');
    expect(new Date(apresOuvrees(vendredi, 20))).toEqual(new Date('2026-11-20T15:20:00+01:00'));
    expect(new Date(apresOuvrees(vendredi, 60))).toEqual(new Date('2026-11-23T08:00:00+01:00'));
    expect(new Date(apresOuvrees(Date.parse('2026-11-21T10:00:00Z'), 30 + 480))).toEqual(
      new Date('2026-11-24T08:00:00+01:00'),
    );
  });

  it('invents letters as an office writes them, almost all of them arrivals', () => {
    const hasard = createHasard(7);
    const lettres = Array.from({ length: 3_000 }, () => inventer(SAMEDI.getTime(), hasard));
    const arrivees = lettres.filter(({ flux }) => flux === 'ENTRANT').length / lettres.length;
    expect(arrivees).toBeGreaterThan(0.955);
    expect(arrivees).toBeLessThan(0.985);
    for (const { objet, correspondant, reference } of lettres) {
      expect(`${objet} ${correspondant} ${reference}`).not.toMatch(
        /[{}]|undefined|\bd[eu] (or|août|octobre)\b|\bde l’la\b/,
      );
      expect(objet.length).toBeGreaterThan(20);
    }
    expect(new Set(lettres.map(({ objet }) => objet)).size).toBeGreaterThan(500);
  });

  it('makes scans that say what their letters say', async () => {
    const lettre = { ...inventer(SAMEDI.getTime(), createHasard(3)), pages: 3 };
    const pdf = await numeriser(lettre, createHasard(4));
    const pages = (await withPdf(pdf, (document) => Promise.resolve(pdfText(document, 100_000)))).split('\f');
    expect(pages).toHaveLength(3);
    expect(pages[0]?.replace(/\s+/g, ' ')).toContain(lettre.objet);
  });
});

describeEachDatabase('the demonstration', (open) => {
  it('fills an empty register through the services, and no other', async () => {
    const database = await open();
    const horloge = createHorloge(SAMEDI);
    const { container, close } = await createTestApp(database.url, { clock: horloge });
    try {
      const options = { lang: 'fr', now: SAMEDI, courriers: 40 } as const;
      let dernier = [0, 0];
      const onProgress = (done: number, total: number) => (dernier = [done, total]);
      const bilan = await remplir(container, horloge, { ...options, onProgress });
      expect(bilan.comptes).toHaveLength(11);
      expect(new Set(bilan.comptes.map(({ motDePasse }) => motDePasse)).size).toBe(11);
      expect(dernier[0]).toBe(dernier[1]);
      expect(horloge.now()).toEqual(SAMEDI);

      const sg = await container.utilisateurs.identifiants('p.ilunga');
      const personne = await container.utilisateurs.personne(sg?.id ?? 0, '127.0.0.1');
      if (!personne) throw new Error('the Secrétaire Général cannot sign in');
      expect(personne.doitChangerMotDePasse).toBe(false);
      const registres = await container.registres.list(personne);
      const arrivees = registres.find(({ flux }) => flux === 'ENTRANT');
      expect(arrivees).toMatchObject({ annules: 2, detruits: 0, manquants: [], valeurDepart: 7412 });
      const { total } = await container.courriers.trash(personne, { limit: 1, offset: 0 });
      expect(total).toBe(7);
      expect((await container.journal.verify(personne)).ok).toBe(true);
      expect((await container.recherche.check()).incomplets).toEqual([]);

      await expect(remplir(container, horloge, options)).rejects.toMatchObject({ code: 'NOT_EMPTY' });
    } finally {
      await close();
      await database.drop();
    }
    // A whole office's weeks in one test: longer than the others on a busy machine.
  }, 90_000);
});
