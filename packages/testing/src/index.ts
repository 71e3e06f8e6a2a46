export {
  describeEachDatabase,
  fromTemplate,
  openTestDatabase,
  type DatabaseEngine,
  type DatabaseTemplate,
  type OpenDatabase,
  type TestDatabase,
} from './databases.ts';
export { startPostgres, type PostgresCluster, type PostgresOptions } from './postgres.ts';
export { freePort, tempDir, type TempDir } from './temp.ts';
