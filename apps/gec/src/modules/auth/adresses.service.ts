import { BlockList, isIPv6 } from 'node:net';
import { can, conflict, fill, forbidden, invalid, notFound, type Actor } from '@gec/core';
import { parseCidr, plainAddress, type AddressPolicy, type AddressRuleInfo } from '@gec/http';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { NouvelleRegle, RegleAdresse } from './adresses.schema.ts';
import { adressesTexts } from './adresses.texts.ts';

/** What the rules need. */
export interface AdressesDeps extends Pick<Base, 'database' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  addresses: AddressPolicy;
}

const MOTIF_MAX = 300;

/** Whether an address lies within a range in CIDR notation. */
function holds(cidr: string, ip: string): boolean {
  const range = parseCidr(cidr);
  const plain = plainAddress(ip);
  if (!range || plain === '') return false;
  const list = new BlockList();
  list.addSubnet(range.address, range.prefix, range.family);
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/** Addresses kept out or let in by hand, with their entries in the journal. */
export function createAdressesService({ database, clock, journal, addresses }: AdressesDeps) {
  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(adressesTexts(actor.lang).refuse);
  }

  /**
   * Keeps whoever changes the lists from shutting themselves out by accident.
   *
   * @param bloquees ranges that would be kept out, `autorisees` those that would be let in all the same
   * @throws AppError conflict `OWN_ADDRESS`
   */
  function keepIn(
    actor: Actor,
    { bloquees, autorisees }: { bloquees: readonly string[]; autorisees: readonly string[] },
  ): void {
    if (actor.kind !== 'user') return;
    if (!bloquees.some((cidr) => holds(cidr, actor.ip))) return;
    if (autorisees.some((cidr) => holds(cidr, actor.ip))) return;
    throw conflict('OWN_ADDRESS', fill(adressesTexts(actor.lang).propreAdresse, { adresse: actor.ip }));
  }

  const ranges = async (list: 'ip_block' | 'ip_whitelist') =>
    (await addresses.list(list)).map(({ cidr }) => cidr);

  async function put(
    actor: Actor,
    list: 'ip_block' | 'ip_whitelist',
    { cidr, motif, minutes, confirme }: NouvelleRegle,
  ): Promise<AddressRuleInfo> {
    mayManage(actor);
    if (list === 'ip_block' && !confirme) {
      keepIn(actor, { bloquees: [cidr], autorisees: await ranges('ip_whitelist') });
    }
    const reason = motif.trim();
    if ([...reason].length > MOTIF_MAX || /\p{Cc}/u.test(reason)) {
      const message = fill(adressesTexts(actor.lang).motifTropLong, { n: MOTIF_MAX });
      throw invalid([{ field: 'motif', message }]);
    }
    const expiresAt =
      minutes === undefined ? null : new Date(clock.now().getTime() + minutes * 60_000).toISOString();
    const createdBy = actor.kind === 'user' ? actor.userId : null;
    return database.transaction(async (trx) => {
      const rule = await addresses.add(list, { cidr, reason, expiresAt, createdBy }, actor.lang, trx);
      await journal.record(trx, actor, {
        action: list === 'ip_block' ? 'adresse.blocage' : 'adresse.autorisation',
        details: { adresse: rule.cidr, motif: reason, jusqua: expiresAt },
      });
      return rule;
    });
  }

  async function list(actor: Actor): Promise<RegleAdresse[]> {
    mayManage(actor);
    const blocked = await addresses.list('ip_block');
    const allowed = await addresses.list('ip_whitelist');
    return [
      ...blocked.map((rule) => ({ ...rule, genre: 'bloquee' as const })),
      ...allowed.map((rule) => ({ ...rule, genre: 'autorisee' as const })),
    ];
  }

  return {
    /** The rules that count now, blocked ranges first. @throws AppError forbidden */
    list,

    /** Keeps a range out. An allowed one stays in all the same. @throws AppError forbidden, invalid */
    block: (actor: Actor, rule: NouvelleRegle) => put(actor, 'ip_block', rule),

    /** Lets a range in whatever blocks it, and does not slow it after failures. @throws AppError forbidden, invalid */
    allow: (actor: Actor, rule: NouvelleRegle) => put(actor, 'ip_whitelist', rule),

    /**
     * Takes one rule off its list.
     *
     * @throws AppError forbidden, not-found; conflict `OWN_ADDRESS` when the actor's own address would be shut out
     */
    async removeRule(
      actor: Actor,
      id: number,
      genre: RegleAdresse['genre'],
      confirme: boolean,
    ): Promise<void> {
      const rules = await list(actor);
      const rule = rules.find((one) => one.id === id && one.genre === genre);
      if (!rule) throw notFound(adressesTexts(actor.lang).dejaRetiree);
      if (genre === 'autorisee' && !confirme) {
        const others = rules.filter((one) => one !== rule);
        const of = (wanted: RegleAdresse['genre']) =>
          others.filter((one) => one.genre === wanted).map(({ cidr }) => cidr);
        keepIn(actor, { bloquees: of('bloquee'), autorisees: of('autorisee') });
      }
      await database.transaction(async (trx) => {
        const gone = await addresses.remove(genre === 'bloquee' ? 'ip_block' : 'ip_whitelist', id, trx);
        if (!gone) throw notFound(adressesTexts(actor.lang).dejaRetiree);
        await journal.record(trx, actor, { action: 'adresse.liberation', details: { adresse: rule.cidr } });
      });
    },

    /**
     * Takes every rule of exactly this range off the lists.
     *
     * @returns how many there were
     * @throws AppError forbidden, not-found when there is none
     */
    async remove(actor: Actor, cidr: string): Promise<number> {
      const wanted = parseCidr(cidr)?.text;
      const rules = (await list(actor)).filter((rule) => rule.cidr === wanted);
      if (rules.length === 0) throw notFound(fill(adressesTexts(actor.lang).sansRegle, { cidr }));
      await database.transaction(async (trx) => {
        for (const { id, genre, cidr: adresse } of rules) {
          await addresses.remove(genre === 'bloquee' ? 'ip_block' : 'ip_whitelist', id, trx);
          await journal.record(trx, actor, {
            action: 'adresse.liberation',
            details: { adresse },
          });
        }
      });
      return rules.length;
    },
  };
}

export type AdressesService = ReturnType<typeof createAdressesService>;
