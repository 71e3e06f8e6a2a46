import { LicenceError } from './errors.ts';
import { remember, type Memory } from './local-file.ts';
import {
  establishTrust,
  ProtocolError,
  sha256,
  verifySync,
  type Bundle,
  type LicenceStatement,
  type PublicJwk,
  type ReceiptStatement,
  type RevocationsStatement,
  type SyncAnswer,
  type Trust,
} from './protocol/index.ts';
import type { Verdict } from './states.ts';

/** Against what signed things are judged. */
export interface Judge {
  readonly anchors: readonly PublicJwk[];
  /** Thumbprint of this installation's key. */
  readonly installation: string;
}

/** Runs a verification; what the protocol refuses becomes an error of the client. */
async function checked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProtocolError) throw new LicenceError(error.code, error.message, { cause: error });
    throw error;
  }
}

/** What the memory itself gives reason to trust. */
export function trustOf(memory: Memory, { anchors }: Judge): Promise<Trust> {
  return establishTrust({ anchors, keyCertificates: memory.key_certificates, krls: [memory.krl] });
}

/** What is known now with what came along. The newest list of revoked keys wins, so an old one takes nothing back. */
function widened(
  memory: Memory,
  { anchors }: Judge,
  keyCertificates: readonly string[],
  krl: string | null | undefined,
): Promise<Trust> {
  return establishTrust({
    anchors,
    keyCertificates: [...memory.key_certificates, ...keyCertificates],
    krls: [memory.krl, krl],
  });
}

/** The last word on a licence; of two of the same moment the harder one. */
function lastWord(words: readonly (Verdict | null)[]): Verdict | null {
  const severity = { active: 0, suspended: 1, revoked: 2 };
  let last: Verdict | null = null;
  for (const word of words) {
    if (word === null) continue;
    const later = last === null ? 1 : Date.parse(word.at) - Date.parse(last.at);
    if (last === null || later > 0 || (later === 0 && severity[word.state] > severity[last.state]))
      last = word;
  }
  return last;
}

function wordsOf(
  licence: LicenceStatement,
  receipt: ReceiptStatement | null,
  revocations: RevocationsStatement | null,
): Verdict[] {
  const reason = licence.reason ?? null;
  const words: Verdict[] = [{ state: licence.state, reason, at: licence.issued_at }];
  if (receipt) words.push({ state: receipt.state, reason, at: receipt.server_time });
  for (const entry of revocations?.entries ?? []) {
    if (entry.license_id !== licence.license_id) continue;
    words.push({ state: entry.state, reason: entry.reason ?? reason, at: entry.at });
  }
  return words;
}

/** Refuses a certificate that is not for this installation, or that time has passed by. */
async function admit(
  memory: Memory,
  judge: Judge,
  trust: Trust,
  jws: string,
  licence: LicenceStatement,
): Promise<void> {
  if (licence.installation !== judge.installation) {
    throw new LicenceError('OTHER_INSTALLATION', 'the certificate is for another installation');
  }
  const back = memory.released.findLast(({ license_id }) => license_id === licence.license_id);
  if (back && licence.seq <= back.seq) {
    throw new LicenceError('GIVEN_BACK', 'the licence was given back after this certificate was signed');
  }
  if (memory.certificate === null || memory.certificate === jws) return;
  const current = await trust.licence(memory.certificate).catch((error: unknown) => {
    if (error instanceof ProtocolError) return null; // its key was revoked meanwhile: anything valid is better
    throw error;
  });
  if (current === null) return;
  const older =
    current.license_id === licence.license_id
      ? licence.seq <= current.seq
      : Date.parse(licence.issued_at) < Date.parse(current.issued_at);
  if (older) throw new LicenceError('OLDER', 'a newer certificate is already here');
}

/** The memory with a certificate and its proofs taken over. */
function takenOver(
  memory: Memory,
  trust: Trust,
  jws: string,
  licence: LicenceStatement,
  receipt: { jws: string; statement: ReceiptStatement } | null,
  revocations: RevocationsStatement | null,
): Memory {
  const same = memory.license_id === licence.license_id;
  const times = [licence.issued_at, receipt?.statement.server_time, revocations?.issued_at];
  const signed = Math.max(
    memory.signed_at ?? 0,
    ...times.map((at) => (at === undefined ? 0 : Date.parse(at))),
  );
  const counted = receipt !== null && (!same || receipt.statement.counter >= memory.counter);
  return {
    ...memory,
    signed_at: signed,
    license_id: licence.license_id,
    certificate: jws,
    // A certificate that was not here before was signed lately: what a wrong clock left behind is forgotten. It cannot
    // come again later, since an older one is refused.
    time: memory.certificate === jws ? memory.time : { highest: signed, last: signed, leap: null },
    key_certificates: [...trust.keyCertificates],
    krl: trust.krl?.jws ?? null,
    receipt: counted ? receipt.jws : same ? memory.receipt : null,
    counter: counted ? receipt.statement.counter : same ? memory.counter : 0,
    pending: same ? memory.pending : null,
    alerts: counted ? receipt.statement.alerts : same ? memory.alerts : [],
    revocation_epoch: Math.max(memory.revocation_epoch, revocations?.epoch ?? 0),
    verdict: lastWord([
      same ? memory.verdict : null,
      ...wordsOf(licence, receipt?.statement ?? null, revocations),
    ]),
  };
}

/**
 * Takes a licence file over: all of it is verified, then all of it counts, or none.
 *
 * @returns the new memory and the certificate
 * @throws LicenceError
 */
export async function acceptBundle(
  memory: Memory,
  judge: Judge,
  bundle: Bundle,
  at: Date,
  name: string,
): Promise<{ memory: Memory; licence: LicenceStatement }> {
  const trust = await widened(memory, judge, bundle.key_certificates, bundle.krl);
  const licence = await checked(trust.licence(bundle.certificate));
  await admit(memory, judge, trust, bundle.certificate, licence);
  let receipt: { jws: string; statement: ReceiptStatement } | null = null;
  if (bundle.receipt) {
    const statement = await checked(trust.receipt(bundle.receipt));
    const ours = statement.installation === judge.installation && statement.license_id === licence.license_id;
    if (!ours) throw new LicenceError('OTHER_INSTALLATION', 'the receipt is for another installation');
    receipt = { jws: bundle.receipt, statement };
  }
  const revocations = bundle.revocations ? await checked(trust.revocations(bundle.revocations)) : null;
  const taken = takenOver(memory, trust, bundle.certificate, licence, receipt, revocations);
  return { memory: remember(taken, at, name, licence.license_key_hint), licence };
}

/**
 * Takes the answer to a synchronisation over. The receipt must answer this very request. When the request was made just
 * now, its time is the true one, and sets right a highest time that a wrong clock had left behind; the answer to one
 * that is sent again may be as old as the request.
 *
 * @throws LicenceError
 */
export async function acceptSync(
  memory: Memory,
  judge: Judge,
  request: string,
  answer: SyncAnswer,
  at: Date,
  fresh: boolean,
): Promise<Memory> {
  const trust = await widened(memory, judge, answer.key_certificates, answer.krl);
  const { statement: asked } = await checked(verifySync(request));
  const receipt = await checked(trust.receipt(answer.receipt));
  const answers =
    receipt.request_hash === sha256(request) &&
    receipt.nonce === asked.nonce &&
    receipt.license_id === asked.license_id &&
    receipt.installation === judge.installation;
  if (!answers) throw new LicenceError('BAD_ANSWER', 'the receipt does not answer this request');
  const licence = await checked(trust.licence(answer.certificate));
  if (licence.license_id !== asked.license_id) {
    throw new LicenceError('OTHER_LICENCE', 'the certificate is for another licence');
  }
  await admit(memory, judge, trust, answer.certificate, licence);
  const revocations = answer.revocations ? await checked(trust.revocations(answer.revocations)) : null;
  const taken = takenOver(
    // Whatever counter the server goes on with is the right one, also after a restored backup.
    { ...memory, counter: 0 },
    trust,
    answer.certificate,
    licence,
    { jws: answer.receipt, statement: receipt },
    revocations,
  );
  const time = Date.parse(receipt.server_time);
  const synced: Memory = {
    ...taken,
    pending: null,
    ...(fresh && { signed_at: time, time: { highest: time, last: time, leap: null } }),
    last_sync: { at: at.toISOString(), error: null },
  };
  const news = receipt.alerts.filter((alert) => !memory.alerts.includes(alert));
  const changed = memory.verdict?.state !== synced.verdict?.state ? synced.verdict?.state : undefined;
  const noted = news.reduce((kept, alert) => remember(kept, at, 'alert', alert), synced);
  return changed === undefined ? noted : remember(noted, at, changed, synced.verdict?.reason ?? null);
}

/** The memory after a licence was given back; its certificates count no more here. */
export function givenBack(
  memory: Memory,
  { license_id: id, seq }: LicenceStatement,
  request: string,
  at: Date,
): Memory {
  const released = [...memory.released, { license_id: id, seq, at: at.toISOString(), request }];
  const rest = { ...memory, released };
  // Another licence may have taken its place while the server was asked.
  if (memory.license_id !== id) return remember(rest, at, 'released');
  const emptied: Memory = {
    ...rest,
    license_id: null,
    certificate: null,
    receipt: null,
    counter: 0,
    verdict: null,
    pending: null,
    alerts: [],
  };
  return remember(emptied, at, 'released');
}
