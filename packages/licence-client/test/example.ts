import {
  createLicenceClient,
  explainError,
  explainStatus,
  fileStorage,
  LicenceError,
  machineId,
  type PublicJwk,
} from '@gec/licence-client';

/** The editor's root key, as `licences keys anchor` prints it. It is part of the code: users cannot replace it. */
interface Setup {
  folder: string;
  /** 32 random bytes, made at the installation and kept with the program's other secrets. */
  secret: Uint8Array;
  root: PublicJwk;
  server: string;
  fetch?: typeof fetch;
}

export async function start({ folder, secret, root, server, fetch }: Setup, key: string): Promise<string[]> {
  const licence = createLicenceClient({
    product: 'my-program 1.0.0',
    storage: fileStorage(`${folder}/licence.json`),
    installationSecret: secret,
    trustAnchors: [root],
    server,
    evidence: () => ({ domain: 'courrier.example.cd', machine: machineId() }),
    fetch,
  });

  const lines = [explainStatus('en', await licence.state()).title];
  try {
    await licence.activate(key); // once, when the person has typed it
    await licence.sync(); // then about once a day
  } catch (error) {
    if (!(error instanceof LicenceError)) throw error;
    lines.push(explainError('en', error)); // nothing changed: what was valid before still is
  }

  const status = await licence.state(); // cheap: before each change
  lines.push(explainStatus('en', status).title, status.mayChange ? 'go ahead' : 'read only');
  return lines;
}
