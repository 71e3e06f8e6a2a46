import { startPostgres, type PostgresCluster } from '@gec/testing';
import pg from 'pg';

/** A private PostgreSQL that syncs as a real one does, with one empty database. */
export async function startDatabase(): Promise<{ cluster: PostgresCluster; url: string }> {
  const cluster = await startPostgres({ fsync: true });
  const client = new pg.Client({ connectionString: cluster.adminUrl });
  await client.connect();
  await client.query('create database gec');
  await client.end();
  return { cluster, url: cluster.url('gec') };
}
