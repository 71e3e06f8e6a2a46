import { connect, createServer, isIP } from 'node:net';
import { fill, type Lang } from '@gec/core';
import { errorText, findings, type Examen } from './doctor.ts';
import { doctorTexts } from './doctor.texts.ts';

const WAIT_MS = 5_000;

/** Where a program listens and how people reach it. */
export interface Exposure {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** Variable that says the public address. */
  readonly publicName: string;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

/** @returns the code of the refusal, or null when the port is free */
function tryPort(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

async function isOurs(host: string, port: number): Promise<boolean> {
  const any = host === '0.0.0.0' || host === '::';
  const name = any ? '127.0.0.1' : isIP(host) === 6 ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${name}:${port}/health`, { signal: AbortSignal.timeout(WAIT_MS) });
    const body: unknown = await answer.json();
    return typeof body === 'object' && body !== null && 'status' in body;
  } catch {
    return false;
  }
}

/** Connects to a port and leaves again. @throws when nobody answers within 5 s */
export function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (error?: Error): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.setTimeout(WAIT_MS, () =>
      end(new Error(`${host}:${port}: no answer within ${WAIT_MS / 1_000} s`)),
    );
    socket.once('error', end);
    socket.once('connect', () => end());
  });
}

/** What to look at between the program and those who use it: the port, the public address and the proxies. */
export function exposureExams(lang: Lang, exposure: Exposure): Examen[] {
  const t = doctorTexts(lang);
  const { host, port, publicUrl, trustedProxies, publicName } = exposure;
  return [
    {
      id: 'port',
      async run() {
        const as = findings('port');
        const lieu = `${host}:${port}`;
        const refusal = await tryPort(host, port);
        if (refusal === null) return as.ok(fill(t.portLibre, { lieu }));
        if (refusal === 'EADDRINUSE') {
          if (await isOurs(host, port)) return as.ok(fill(t.portNous, { lieu }));
          return as.panne(fill(t.portPris, { lieu }), t.portChanger);
        }
        const conseil = refusal === 'EACCES' ? t.portInterdit : t.portAdresse;
        return as.panne(fill(t.portRefus, { lieu, code: refusal }), conseil);
      },
    },
    {
      id: 'adresse',
      run() {
        const as = findings('adresse');
        const proxies = trustedProxies.join(', ');
        if (publicUrl === null) {
          const constat = fill(t.adresseAbsente, { variable: publicName });
          return isLoopback(host) && trustedProxies.length === 0
            ? as.ok(constat)
            : as.attention(constat, fill(t.adresseDonner, { variable: publicName }));
        }
        const secure = publicUrl.startsWith('https:');
        const constat = fill(trustedProxies.length > 0 ? t.adresseMandataires : t.adresse, {
          adresse: publicUrl,
          mandataires: proxies,
        });
        if (!secure && !isLoopback(new URL(publicUrl).hostname))
          return as.attention(constat, t.adresseClaire);
        // The program itself speaks no TLS: an https address means that something stands in front of it.
        if (secure && trustedProxies.length === 0) return as.panne(constat, t.adresseSansMandataire);
        if (trustedProxies.some((one) => /\/0$/.test(one)))
          return as.panne(constat, t.adresseTousMandataires);
        return as.ok(constat);
      },
    },
  ];
}

/** Whether a server that the program needs can be reached; `advice` says what to do when not. */
export function reachExam(
  lang: Lang,
  settings: { id: string; host: string; port: number; advice: string },
): Examen {
  const t = doctorTexts(lang);
  const { id, host, port, advice } = settings;
  return {
    id,
    async run() {
      const as = findings(id);
      const lieu = `${host}:${port}`;
      try {
        await reach(host, port);
        return as.ok(fill(t.joint, { lieu }));
      } catch (error) {
        return as.attention(fill(t.nonJoint, { lieu, message: errorText(error) }), advice);
      }
    },
  };
}
