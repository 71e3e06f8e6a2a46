import { AppError, conflict, fill, invalid, timestamp, type Actor, type Lang } from '@gec/core';
import { enqueue, PermanentFailure, type OutboxHandler } from '@gec/db';
import { z } from 'zod';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { lireCertificat } from './courriels.certificat.ts';
import { createModeles } from './courriels.modeles.ts';
import { createReglages } from './courriels.reglages.ts';
import { rendre, verifierModele } from './courriels.rendu.ts';
import { createCourrielsRepo } from './courriels.repo.ts';
import {
  EVENEMENTS_COURRIEL,
  type CertificatSmtp,
  type EssaiSmtp,
  type LigneSmtp,
  type Modele,
  type NouveauCourriel,
  type ReglageSmtp,
  type SaisieSmtp,
  type ValeursCourriel,
} from './courriels.schema.ts';
import { courrielsTexts } from './courriels.texts.ts';
import { comprendre, direMessage, direRefus, EnvoiRefuse, envoyerParSmtp } from './courriels.transport.ts';

/** What e-mail needs. */
export interface CourrielsDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring'> {
  journal: Pick<JournalService, 'record' | 'recordAlone'>;
  parametres: Pick<ParametresService, 'get'>;
}

/** The kind of job that sends a message. */
export const ENVOI = 'courriels.envoyer';
/** Attempts at a message: a mail server that is down over a day loses nothing. */
export const ENVOI_ESSAIS = 30;
/** A server that did not answer is left alone for this long, so that other work of the outbox need not wait. */
const REPOS_MS = 20_000;

const payloadShape = z.object({ courriel: z.int().positive() });
const addressShape = z.email().max(254);

/** E-mail: the mail server, the templates, and sending. Messages leave by the outbox alone, after the commit. */
export function createCourrielsService(deps: CourrielsDeps) {
  const { config, database, clock, journal, parametres } = deps;
  const repo = createCourrielsRepo(database, deps.keyring);
  const reglages = createReglages({ ...deps, repo });
  const modeles = createModeles({ ...deps, repo });
  let reposJusqua = 0;

  /** The address of a page for a message; empty where the program does not know under which address it is reached. */
  const lien = (chemin: string): string => (config.publicUrl === null ? '' : `${config.publicUrl}${chemin}`);

  async function communes(): Promise<Record<string, string>> {
    const { organisme, nomLogiciel } = await parametres.get();
    return { organisme, logiciel: nomLogiciel };
  }

  function messageId(reglage: ReglageSmtp, name: string): string {
    return `<${name}@${reglage.expediteur.split('@')[1] ?? 'gec'}>`;
  }

  const expediteur = (reglage: ReglageSmtp, organisme: string) => ({
    adresse: reglage.expediteur,
    nom: reglage.nomExpediteur === '' ? organisme : reglage.nomExpediteur,
  });

  /** Sends one message. Done twice it bears the same Message-ID, by which servers notice. */
  const envoi: OutboxHandler = async ({ payload }) => {
    const { courriel: id } = payloadShape.parse(payload);
    const message = await repo.find(id);
    const evenement = EVENEMENTS_COURRIEL.find((known) => known === message?.evenement);
    if (!message || !evenement) return;
    const reglage = await reglages.serveur();
    if (!reglage) throw new EnvoiRefuse('injoignable', false, 'no mail server is set');
    if (clock.now().getTime() < reposJusqua) {
      throw new EnvoiRefuse('injoignable', false, 'the mail server did not answer a moment ago');
    }
    const values = await communes();
    const rendu = rendre(await modeles.modeleDe(evenement, message.langue), {
      ...message.valeurs,
      ...values,
    });
    try {
      await envoyerParSmtp(reglage, {
        id: messageId(reglage, `gec-${id}-${Date.parse(message.dateCreation).toString(36)}`),
        expediteur: expediteur(reglage, values['organisme'] ?? ''),
        adresse: message.adresse,
        ...rendu,
      });
    } catch (error) {
      const refus = comprendre(error);
      if (refus.genre === 'injoignable') reposJusqua = clock.now().getTime() + REPOS_MS;
      throw refus.definitif ? new PermanentFailure(refus.message) : refus;
    }
    await repo.remove(database.kysely, id);
  };

  /** Has a message sent once the transaction has committed. @returns false when there is no mail server */
  async function envoyer(trx: Trx, courriel: NouveauCourriel): Promise<boolean> {
    if ((await reglages.serveur(trx)) === null) return false;
    const id = await repo.insert(trx, { ...courriel, date: timestamp(clock) });
    await enqueue(trx, clock, ENVOI, { courriel: id });
    return true;
  }

  return {
    ...reglages,
    ...modeles,
    envoyer,
    lien,

    /** Whether messages can be sent. @param trx must be given inside a transaction */
    disponible: async (trx?: Trx): Promise<boolean> => (await reglages.serveur(trx)) !== null,

    /**
     * Has a one-time password mailed to its owner, part of the transaction that sets it. It is sealed until it leaves,
     * and kept nowhere afterwards.
     *
     * @param genre whether the account is new or its password was replaced
     * @throws AppError conflict `SMTP_ABSENT` without a mail server: the password must be handed over otherwise
     */
    async envoyerMotDePasse(
      trx: Trx,
      actor: Actor,
      mot: {
        genre: 'premier' | 'reinitialisation';
        utilisateur: { email: string; nomComplet: string; username: string; langue: Lang };
        motDePasse: string;
      },
    ): Promise<void> {
      const { utilisateur, motDePasse } = mot;
      const sent = await envoyer(trx, {
        evenement: mot.genre === 'premier' ? 'premier_mot_de_passe' : 'reinitialisation',
        langue: utilisateur.langue,
        adresse: utilisateur.email,
        valeurs: {
          destinataire: utilisateur.nomComplet,
          identifiant: utilisateur.username,
          mot_de_passe: motDePasse,
          lien: lien('/login'),
        },
      });
      if (!sent) throw conflict('SMTP_ABSENT', courrielsTexts(actor.lang).nonRegle);
    },

    /**
     * Sends a message at once with settings that are being typed, and tells how the talk with the server went. The
     * only message that leaves on the way of an answer: whoever asks is waiting to see it.
     *
     * @throws AppError forbidden; invalid (the fields of the settings, `adresse`)
     */
    async essayerSmtp(actor: Actor, saisie: SaisieSmtp, adresse: string): Promise<EssaiSmtp> {
      const t = courrielsTexts(actor.lang);
      const reglage = await reglages.verifierSmtp(actor, saisie);
      if (!addressShape.safeParse(adresse).success) {
        throw invalid([{ field: 'adresse', message: t.adresseInvalide }]);
      }
      const values = await communes();
      const conversation: LigneSmtp[] = [];
      let message: string | null = null;
      try {
        await envoyerParSmtp(
          reglage,
          {
            id: messageId(reglage, `gec-essai-${clock.now().getTime().toString(36)}`),
            expediteur: expediteur(reglage, values['organisme'] ?? ''),
            adresse,
            sujet: fill(t.essaiSujet, values),
            texte: fill(t.essaiTexte, values),
            html: '',
          },
          conversation,
        );
      } catch (error) {
        message = direRefus(actor.lang, comprendre(error));
      }
      await journal.recordAlone(actor, {
        action: 'courriels.essai',
        details: { hote: reglage.hote, reussi: message === null },
      });
      return { reussi: message === null, message, conversation };
    },

    /** A template with sample values, as it would be sent. @throws AppError forbidden, not-found, invalid */
    async apercevoir(
      actor: Actor,
      place: { evenement: string; langue: string },
      modele: Modele,
    ): Promise<{ sujet: string; texte: string; html: string }> {
      const { evenement, langue } = await modeles.modele(actor, place.evenement, place.langue);
      const errors = verifierModele(actor.lang, evenement, modele);
      if (errors.length > 0) throw invalid(errors);
      return rendre(modele, await this.valeursExemple(evenement, langue));
    },

    /** Sample values of an event. */
    async valeursExemple(evenement: NouveauCourriel['evenement'], langue: Lang): Promise<ValeursCourriel> {
      const { fuseauHoraire } = await parametres.get();
      const adresse = (chemin: string) => lien(chemin) || `https://gec.example.cd${chemin}`;
      return {
        ...modeles.exemple(evenement, langue, adresse, fuseauHoraire),
        ...(await communes()),
      };
    },

    /**
     * Sends the template that is in force to somebody, with sample values.
     *
     * @throws AppError forbidden, not-found, conflict `SMTP_ABSENT`
     */
    async essayerModele(
      actor: Actor,
      place: { evenement: string; langue: string },
      adresse: string,
    ): Promise<void> {
      const { evenement, langue } = await modeles.modele(actor, place.evenement, place.langue);
      const valeurs = await this.valeursExemple(evenement, langue);
      await database.transaction(async (trx) => {
        if (!(await envoyer(trx, { evenement, langue, adresse, valeurs }))) {
          throw conflict('SMTP_ABSENT', courrielsTexts(actor.lang).essaiImpossible);
        }
        await journal.record(trx, actor, { action: 'courriels.essai', details: { evenement, langue } });
      });
    },

    /**
     * The certificate of the mail server; null when there is no server or no encryption.
     *
     * @throws AppError unavailable when the server cannot be asked
     */
    async certificat(actor: Actor): Promise<CertificatSmtp | null> {
      const reglage = await reglages.serveur();
      if (!reglage || reglage.securite === 'aucune') return null;
      try {
        return await lireCertificat(reglage);
      } catch (error) {
        throw new AppError('unavailable', 'SMTP_INJOIGNABLE', direRefus(actor.lang, comprendre(error)), {
          cause: error,
        });
      }
    },

    /** Says why a message was not sent, from what its job has kept. */
    direErreur: direMessage,

    /** Forgets a message whose job was given up. */
    async oublier(trx: Trx, payload: unknown): Promise<void> {
      const known = payloadShape.safeParse(payload);
      if (known.success) await repo.remove(trx, known.data.courriel);
    },

    /** Sealed settings of messages that another module has: one row a key, with its version. */
    garde: { lire: repo.reglage, ecrire: repo.putReglage },

    /** Whether the address of the program is known, so that messages can lead to it. */
    liens: config.publicUrl !== null,

    /** Work of the outbox. */
    jobs: { [ENVOI]: envoi },
  };
}

export type CourrielsService = ReturnType<typeof createCourrielsService>;
