import type { LicenceStatus } from '@gec/licence-client';
import { describe, expect, it } from 'vitest';
import pkg from '../../../package.json' with { type: 'json' };
import { VERSION } from '../../version.ts';
import * as controles from './sante.controles.ts';
import { pire } from './sante.schema.ts';

const maintenant = new Date('2026-11-21T08:00:00Z');
const lecture = { lang: 'fr', fuseau: 'Africa/Kinshasa', maintenant } as const;
const ago = (ms: number) => new Date(maintenant.getTime() - ms).toISOString();
const DAY = 86_400_000;

describe('the state of the system', () => {
  it('is as bad as its worst part', () => {
    expect(pire([])).toBe('ok');
    expect(pire(['ok', 'panne', 'attention'])).toBe('panne');
  });

  it('knows its own version', () => {
    expect(VERSION).toBe(pkg.version);
  });

  it.each([
    [50, 'ok'],
    [91, 'attention'],
    [98, 'panne'],
  ])('a disk at %i %% is %s', (pour, etat) => {
    const found = controles.disque(lecture, { pour, libre: 3 * 1024 ** 3 });
    expect(found.etat).toBe(etat);
    expect(found.constat).toContain('3\u00A0Go libres');
  });

  it('a disk that cannot be measured, a slow database and a wrong clock say what to do', () => {
    expect(controles.disque(lecture, null)).toMatchObject({ etat: 'panne', conseil: expect.any(String) });
    expect(controles.base(lecture, { bytes: 12_000, ms: 900 })).toMatchObject({ etat: 'attention' });
    expect(controles.base(lecture, { bytes: 12_000, ms: 3 })).toMatchObject({
      etat: 'ok',
      constat: '11,7\u00A0Ko, réponse en 3\u00A0ms.',
    });
    expect([200, 20_000, 200_000].map((ms) => controles.horloge(lecture, -ms).etat)).toEqual([
      'ok',
      'attention',
      'panne',
    ]);
  });

  it('work that nobody does is a failure; failed work asks for attention', () => {
    const none = { pending: 0, running: 0, failed: 0, dueSince: null };
    expect(controles.travaux(lecture, none).etat).toBe('ok');
    expect(controles.travaux(lecture, { ...none, failed: 2 }).etat).toBe('attention');
    const late = controles.travaux(lecture, { ...none, pending: 1, dueSince: ago(3 * 3_600_000) });
    expect(late).toMatchObject({ etat: 'panne', conseil: expect.stringContaining('3\u00A0h') });
  });

  it('asks for backups', () => {
    const of = (le: string | null, reussie = true) =>
      controles.sauvegarde(lecture, le === null ? null : { le, reussie }).etat;
    expect([of(null), of(ago(DAY)), of(ago(3 * DAY)), of(ago(DAY), false)]).toEqual([
      'attention',
      'ok',
      'attention',
      'panne',
    ]);
  });

  it('tells of the licence', () => {
    expect(controles.licence(lecture, null).etat).toBe('ok');
    const status = (state: LicenceStatus['state'], mayChange: boolean): LicenceStatus => ({
      state,
      reason: state === 'active' ? 'licensed' : 'expired',
      note: null,
      mayChange,
      until: null,
      daysLeft: null,
      warnings: [],
      now: maintenant,
    });
    expect(controles.licence(lecture, status('active', true)).etat).toBe('ok');
    expect(controles.licence(lecture, status('read-only', false))).toMatchObject({ etat: 'panne' });
  });

  it('looks at the mail server and at how long its certificate lasts', () => {
    const smtp = { hote: 'smtp.example.cd', securite: 'tls', verifierCertificat: true } as const;
    const of = (days: number, reconnu = true, verifierCertificat = true) =>
      controles.courriel(
        lecture,
        { ...smtp, verifierCertificat },
        { certificat: { expire: ago(-days * DAY), sujet: '', reconnu }, message: null },
      ).etat;
    expect([of(90), of(10), of(-1), of(-1, false, false), of(90, false), of(90, false, false)]).toEqual([
      'ok',
      'attention',
      'panne',
      'attention',
      'panne',
      'ok',
    ]);
    expect(controles.courriel(lecture, null, { certificat: null, message: null }).etat).toBe('ok');
    expect(controles.courriel(lecture, smtp, { certificat: null, message: 'muet' }).etat).toBe('panne');
    expect(controles.courriel(lecture, smtp, { certificat: null, message: null }).etat).toBe('attention');
  });

  it('looks at the upkeep and at the chain of the journal', () => {
    const passage = { nom: 'sessions', fin: ago(60_000), reussi: true, erreur: null };
    expect(controles.entretien(lecture, []).etat).toBe('ok');
    expect(controles.entretien(lecture, [passage]).etat).toBe('ok');
    expect(
      controles.entretien(lecture, [passage, { ...passage, nom: 'files', reussi: false }]),
    ).toMatchObject({ etat: 'attention', conseil: expect.stringContaining('files') });
    expect(controles.entretien(lecture, [{ ...passage, fin: ago(3 * 3_600_000) }]).etat).toBe('panne');
    const verification = { le: ago(DAY), intact: true };
    expect(controles.journal(lecture, { attendDepuis: null, verification }).etat).toBe('ok');
    expect(controles.journal(lecture, { attendDepuis: ago(600_000), verification }).etat).toBe('attention');
    expect(controles.journal(lecture, { attendDepuis: null, verification: null })).toMatchObject({
      etat: 'ok',
      conseil: expect.any(String),
    });
    expect(
      controles.journal(lecture, { attendDepuis: null, verification: { ...verification, intact: false } })
        .etat,
    ).toBe('panne');
  });
});
