/** An archive of letters that would have more bytes than one may have. */
export class ArchiveTropGrosse extends Error {
  override readonly name = 'ArchiveTropGrosse';
}
