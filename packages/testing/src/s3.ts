import { join } from 'node:path';
import S3rver from 's3rver';
import { tempDir } from './temp.ts';

/** An object store on this machine that speaks S3, with one empty bucket. */
export interface S3Service {
  readonly bucket: string;
  readonly endpoint: string;
  /** What a client of the SDK is made from to reach it. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly forcePathStyle: true;
    readonly maxAttempts: number;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly requestChecksumCalculation: 'WHEN_REQUIRED';
    readonly responseChecksumValidation: 'WHEN_REQUIRED';
  };
  /** The same as variables of the environment. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts an object store on a free port, in a temporary folder. */
export async function startS3(bucket = 'courriers'): Promise<S3Service> {
  const temp = await tempDir();
  const service = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(temp.path, 's3'),
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await service.run();
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  return {
    bucket,
    endpoint,
    // The stand-in does not know the checksums that newer services take.
    client: {
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    },
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
      AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED',
    },
    async close() {
      await service.close();
      await temp.remove();
    },
  };
}
