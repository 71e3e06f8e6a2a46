import { reconcile } from '@gec/core';
import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../journal/journal.schema.ts';
import type { Transmission } from '../transmissions/transmissions.schema.ts';
import { chronologie, traces } from './courriers.lettre.chronologie.ts';
import { difference, readAvant, type Valeurs } from './courriers.lettre.modification.ts';
import { backTo, carry, readProvenance } from './courriers.lettre.provenance.ts';
import { attenduePar, suiteDe } from './courriers.lettre.schema.ts';
import type { Courrier, Modification } from './courriers.schema.ts';

const modification = (
  id: number,
  date: string,
  champ: string,
  more: Partial<Modification> = {},
): Modification => ({
  id,
  date,
  utilisateurId: 1,
  utilisateurNom: 'Mireille',
  champ,
  ancienne: 'avant',
  nouvelle: 'après',
  ...more,
});
const transmission = (id: number, more: Partial<Transmission> = {}): Transmission => ({
  id,
  courrierId: 7,
  deId: 1,
  deNom: 'Mireille',
  aId: 2,
  aNom: 'Grâce',
  instruction: null,
  instructionLibelle: null,
  message: null,
  echeance: null,
  date: '2026-11-21T10:00:00.000Z',
  dateLecture: null,
  dateTraitement: null,
  enRetard: false,
  ...more,
});

describe('the life of a letter', () => {
  const courrier = { id: 7, dateEnregistrement: '2026-11-20T08:00:00.000Z', utilisateurNom: 'Mireille' };

  it('tells the fields of one save together and the recipients of one act together, newest first', () => {
    const events = chronologie(courrier, {
      modifications: [
        modification(4, '2026-11-22T08:00:00.000Z', 'statut'),
        modification(3, '2026-11-21T08:00:00.000Z', 'pieces', { nouvelle: 'annexe.pdf' }),
        modification(2, '2026-11-21T08:00:00.000Z', 'objet'),
        modification(1, '2026-11-21T08:00:00.000Z', 'correspondant'),
      ],
      transmissions: [
        transmission(12, { date: '2026-11-23T10:00:00.000Z' }),
        transmission(11, { aId: 3, aNom: 'Patrick', dateTraitement: '2026-11-22T10:00:00.000Z' }),
        transmission(10),
      ],
      commentaires: [],
    });
    expect(events.map(({ genre, qui }) => `${genre} ${qui}`)).toEqual([
      'transmission Mireille',
      'traitement Patrick',
      'statut Mireille',
      'transmission Mireille',
      'pieces Mireille',
      'modification Mireille',
      'enregistrement Mireille',
    ]);
    expect(events[3]).toMatchObject({ a: ['Grâce', 'Patrick'] });
    expect(events[5]).toMatchObject({ changements: [{ champ: 'correspondant' }, { champ: 'objet' }] });
  });

  it('tells the same act of one person on one day once, and leaves out what the history shows', () => {
    const line = (id: number, action: string, date: string, acteur = 'm.kalonji'): JournalLine => ({
      id,
      action,
      date,
      acteur,
      utilisateurId: acteur.startsWith('system') ? null : 1,
      ip: '',
      courrierId: 7,
      numero: '',
      details: {},
      seq: id,
    });
    const told = traces(
      [
        line(1, 'courrier.enregistrement', '2026-11-20T08:00:00.000Z'),
        line(2, 'courrier.consultation', '2026-11-20T08:00:00.000Z'),
        line(3, 'courrier.telechargement', '2026-11-20T09:00:00.000Z', 'system:cli'),
        line(4, 'courrier.consultation', '2026-11-20T10:00:00.000Z'),
        line(5, 'courrier.consultation', '2026-11-21T10:00:00.000Z'),
      ],
      new Map([[1, 'Mireille Kalonji']]),
      (instant) => instant.slice(0, 10),
    );
    expect(told.map(({ id, qui, fois }) => [id, qui, fois])).toEqual([
      ['j5', 'Mireille Kalonji', 1],
      ['j4', 'Mireille Kalonji', 2],
      ['j3', 'system:cli', 1],
    ]);
  });
});

describe('what to do next', () => {
  const droits = { modifier: true, transmettre: true, supprimer: true, restaurer: false, detruire: false };
  const letter = (more: object) =>
    ({ droits, isDeleted: false, nombrePieces: 1, ...more }) as unknown as Courrier;

  it.each([
    ['what waits comes first', letter({}), transmission(1), 'traiter'],
    ['then sending on', letter({}), null, 'transmettre'],
    ['then changing', letter({ droits: { ...droits, transmettre: false } }), null, 'modifier'],
    [
      'else taking the file',
      letter({ droits: { ...droits, transmettre: false, modifier: false } }),
      null,
      'telecharger',
    ],
    [
      'in the corbeille: restoring',
      letter({ isDeleted: true, droits: { ...droits, restaurer: true } }),
      null,
      'restaurer',
    ],
    ['in the corbeille without the right: nothing', letter({ isDeleted: true }), transmission(1), null],
  ])('%s', (_name, courrier, attendue, suite) => {
    expect(suiteDe({ courrier, attendue })).toBe(suite);
  });

  it('takes the open transmission with the nearest échéance, then the oldest', () => {
    const all = [
      transmission(5, { echeance: '2026-12-01' }),
      transmission(4, { echeance: '2026-11-25', dateTraitement: '2026-11-22T10:00:00.000Z' }),
      transmission(3, { echeance: '2026-11-26', aId: 9 }),
      transmission(2),
      transmission(1),
    ];
    expect(attenduePar(all, 2)?.id).toBe(5);
    expect(attenduePar(all.slice(3), 2)?.id).toBe(1);
    expect(attenduePar(all, 8)).toBeNull();
  });
});

describe('a form that comes back after somebody else has saved', () => {
  const avant: Valeurs = {
    objet: 'Objet',
    correspondant: 'CAMI',
    numero_reference: '1/2026',
    date_redaction: '2026-11-18',
    secretaire_general_copie: 'oui',
    type_courrier_sortant_id: '',
    urgence_id: '',
    autres_informations: 'Une\r\nannexe',
  };

  const pareil: Valeurs = { ...avant, autres_informations: 'Une\nannexe' };

  it('changes only what was typed, whatever the browser does to line ends', () => {
    expect(difference(avant, pareil)).toEqual({});
    expect(
      difference(avant, {
        ...pareil,
        objet: 'Autre',
        secretaire_general_copie: 'non',
        type_courrier_sortant_id: '4x',
      }),
    ).toEqual({ objet: 'Autre', secretaireGeneralCopie: false, typeCourrierSortantId: null });
    expect(
      difference(avant, { ...pareil, secretaire_general_copie: '', type_courrier_sortant_id: '4' }),
    ).toEqual({
      secretaireGeneralCopie: null,
      typeCourrierSortantId: 4,
    });
  });

  it('takes over what the other changed, keeps what was typed, and names what both changed', () => {
    const { valeurs, conflits } = reconcile(
      avant,
      { ...pareil, objet: 'Mon objet', numero_reference: '2/2026' },
      { ...avant, objet: 'Son objet', correspondant: 'SAEMAPE', numero_reference: '2/2026' },
    );
    expect(valeurs).toMatchObject({
      objet: 'Mon objet',
      correspondant: 'SAEMAPE',
      numero_reference: '2/2026',
    });
    expect(conflits).toEqual([{ champ: 'objet', saisie: 'Mon objet', actuel: 'Son objet' }]);
  });

  it('does without what stood there when the form does not say it', () => {
    expect(readAvant('{broken', avant)).toBe(avant);
    expect(readAvant('{"objet":1}', avant)).toBe(avant);
    expect(readAvant(JSON.stringify(avant), { ...avant, objet: 'x' })).toEqual(avant);
  });
});

describe('the way back', () => {
  it.each([
    ['nothing', {}, '', '/view_mail?type_courrier=SORTANT'],
    [
      'a list in one parameter',
      { liste: 'search=urgent&page=2' },
      '?liste=search%3Durgent%26page%3D2',
      '/view_mail?search=urgent&page=2',
    ],
    ['the whole register', { liste: '' }, '?liste=', '/view_mail'],
    [
      'a list carried along',
      { statut: 'URGENT', autre: 'x' },
      '?liste=statut%3DURGENT',
      '/view_mail?statut=URGENT',
    ],
    ['what waits', { de: 'a-traiter' }, '?de=a-traiter', '/a-traiter'],
    ['another place', { de: '//evil.example' }, '', '/view_mail?type_courrier=SORTANT'],
    ['nonsense in a list', { liste: 'de=//evil.example&date_from=hier' }, '?liste=', '/view_mail'],
    ['a list too long to be one', { liste: 'x'.repeat(2_000) }, '?liste=', '/view_mail'],
  ])('from %s', (_name, query, carried, back) => {
    const from = readProvenance(query, 'fr');
    expect(carry(from)).toBe(carried);
    expect(backTo(from, 'SORTANT')).toBe(back);
  });
});
