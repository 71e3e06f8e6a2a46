/** Why an archive is refused. */
export type ArchiveFault = 'foreign' | 'secret' | 'damaged' | 'newer';

/**
 * An archive that cannot be used: it is not one of ours (`foreign`), the phrase or key is another one (`secret`), it was
 * cut or altered (`damaged`), or a newer program made it (`newer`).
 */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly fault: ArchiveFault;

  constructor(fault: ArchiveFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
