import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { CertificatSmtp, ReglageSmtp } from './courriels.schema.ts';
import { EnvoiRefuse } from './courriels.transport.ts';

const LIMIT_MS = 5_000;

/** Reads one answer of a mail server: the lines up to the one whose code is followed by a space (RFC 5321 § 4.2). */
function answer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const end = (settle: () => void): void => {
      socket.off('data', heard).off('close', closed);
      settle();
    };
    const heard = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (text.length > 10_000) end(() => reject(new EnvoiRefuse('autre', false, 'answer too long')));
      else if (/^\d{3}(?: .*)?\r?\n$/m.test(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))) {
        end(() => resolve(text));
      }
    };
    const closed = (): void => end(() => reject(new EnvoiRefuse('injoignable', false, 'closed')));
    socket.on('data', heard).on('close', closed);
  });
}

async function say(socket: Socket, line: string): Promise<void> {
  socket.write(`${line}\r\n`);
  const said = await answer(socket);
  if (!/^2/.test(said)) throw new EnvoiRefuse('tls', false, said.slice(0, 80).trim());
}

async function begin(socket: Socket): Promise<void> {
  if (!/^220/.test(await answer(socket))) throw new EnvoiRefuse('injoignable', false, 'no greeting');
  await say(socket, 'EHLO localhost');
  await say(socket, 'STARTTLS');
}

function shown(socket: TLSSocket): CertificatSmtp {
  const certificate = socket.getPeerCertificate();
  const name = certificate.subject?.CN;
  return {
    expire: new Date(certificate.valid_to).toISOString(),
    sujet: (Array.isArray(name) ? name.join(', ') : name) ?? '',
    reconnu: socket.authorized,
  };
}

/**
 * Asks a mail server for its certificate (directly, or by STARTTLS) and hangs up. Nothing secret is said, so a
 * certificate that is not trusted is looked at like any other.
 *
 * @throws EnvoiRefuse, or the error of the network, when there is no certificate to be had within 5 s
 */
export async function lireCertificat(reglage: ReglageSmtp): Promise<CertificatSmtp> {
  const { hote: host, port } = reglage;
  const plain = connectPlain({ host, port });
  const options = { rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) };
  let timer: NodeJS.Timeout | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    plain.once('error', reject);
    timer = setTimeout(() => reject(new EnvoiRefuse('injoignable', false, 'no answer')), LIMIT_MS);
  });
  const read = async (): Promise<CertificatSmtp> => {
    await new Promise<void>((resolve) => plain.once('connect', () => resolve()));
    if (reglage.securite === 'starttls') await begin(plain);
    const secure = connectTls({ socket: plain, ...options });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', () => resolve());
      secure.once('error', reject);
    });
    return shown(secure);
  };
  const reading = read();
  // Whichever of the two loses may still fail afterwards.
  reading.catch(() => undefined);
  try {
    return await Promise.race([reading, failed]);
  } finally {
    clearTimeout(timer);
    failed.catch(() => undefined);
    plain.on('error', () => undefined);
    plain.destroy();
  }
}
