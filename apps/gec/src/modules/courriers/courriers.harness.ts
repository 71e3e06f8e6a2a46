import { Readable } from 'node:stream';
import type { UserActor } from '@gec/core';
import type { TestApp } from '../../test/harness.ts';
import type { NouveauCourrier } from './courriers.schema.ts';

/** Ways of tests to letters that went through the whole registration. */
export function createTestCourriers({ container }: TestApp, scan: Buffer) {
  let made = 0;

  /** A received scan that waits for its letter. */
  async function scanRecu(actor: UserActor, content = scan): Promise<string> {
    const { id } = await container.pieces.receive(actor, {
      name: `lettre ${++made}.png`,
      stream: Readable.from([content]),
    });
    return id;
  }

  async function entree(actor: UserActor, facts: Partial<NouveauCourrier> = {}): Promise<NouveauCourrier> {
    const { pieces = [await scanRecu(actor)] } = facts;
    const common = { objet: `Objet ${++made}`, correspondant: `Correspondant ${made}`, ...facts, pieces };
    if (facts.typeCourrier !== 'SORTANT') {
      return { typeCourrier: 'ENTRANT', secretaireGeneralCopie: true, ...common };
    }
    const [type] = await container.referentiels.typesSortants();
    return {
      typeCourrierSortantId: type?.id ?? null,
      dateRedaction: '2026-11-20',
      ...common,
      typeCourrier: 'SORTANT',
    };
  }

  return {
    scanRecu,
    /** What a clerk would have entered, with the given facts in it. */
    entree,
    /** Registers it. */
    enregistrer: async (actor: UserActor, facts: Partial<NouveauCourrier> = {}) =>
      container.courriers.register(actor, await entree(actor, facts)),
  };
}
