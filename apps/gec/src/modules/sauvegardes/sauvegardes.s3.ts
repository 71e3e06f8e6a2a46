import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { parseS3Address } from '../../storage/s3-address.ts';
import { estNomArchive, verifierNom, type ArchivePresente, type Depot } from './sauvegardes.depot.ts';

/** Bytes of a part: ten thousand of them make 160 GB. */
const PART = 16 * 1024 * 1024;

const absent = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;

/**
 * Backups in a bucket of an S3-compatible store. Region, endpoint and credentials are those of the environment, as the
 * SDK reads them (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ACCESS_KEY_ID`…).
 */
export function createDepotS3(adresse: string): Depot {
  const { bucket, prefix: prefixe } = parseS3Address(adresse);
  const client = new S3Client({ forcePathStyle: true });
  const objet = (nom: string) => ({ Bucket: bucket, Key: prefixe + verifierNom(nom) });

  return {
    adresse: (nom) => `s3://${bucket}/${prefixe}${nom}`,

    async ecrire(nom, content) {
      // It may break before the upload listens to it, which then finds it broken.
      content.on('error', () => undefined);
      const there = await client.send(new HeadObjectCommand(objet(nom))).catch((error: unknown) => {
        if (absent(error)) return null;
        throw error;
      });
      if (there) throw new Error(`${nom} exists already`);
      // Several parts that never become whole are given up by the upload itself; a bucket rule clears those of a kill.
      const upload = new Upload({
        client,
        params: { ...objet(nom), Body: content, ContentType: 'application/octet-stream' },
        partSize: PART,
        queueSize: 2,
      });
      await upload.done();
    },

    async lire(nom) {
      const { Body } = await client.send(new GetObjectCommand(objet(nom)));
      if (!Body) throw new Error(`${nom} has no content`);
      return Body as Readable;
    },

    async lister() {
      const found: ArchivePresente[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefixe })) {
        for (const { Key = '', Size = 0 } of page.Contents ?? []) {
          const nom = Key.slice(prefixe.length);
          if (estNomArchive(nom)) found.push({ nom, taille: Size });
        }
      }
      return found;
    },

    async supprimer(nom) {
      await client.send(new DeleteObjectCommand(objet(nom)));
    },

    close: () => client.destroy(),
  };
}
