export { expectNoAxeViolations, launchBrowser } from './browser.ts';
export { testClock, type TestClock } from './clock.ts';
export {
  describeEachDatabase,
  fromTemplate,
  openTestDatabase,
  type DatabaseEngine,
  type DatabaseTemplate,
  type OpenDatabase,
  type TestDatabase,
} from './databases.ts';
export { startLineTo, type Line } from './line.ts';
export { startPostgres, type PostgresCluster, type PostgresOptions } from './postgres.ts';
export {
  brokenPdf,
  encryptedPdf,
  imageBomb,
  polyglot,
  sampleJpeg,
  samplePdf,
  samplePng,
  sampleTiff,
  type SampleImageOptions,
  type SamplePdfOptions,
} from './sample-files.ts';
export { startS3, type S3Service } from './s3.ts';
export { sampleScans, type SampleScan } from './samples.ts';
export { startSmtpSink, type ReceivedMail, type SmtpSink, type SmtpSinkOptions } from './smtp.ts';
export { fastDirectory, freePort, tempDir, type TempDir } from './temp.ts';
export {
  ADMIN_PASSWORD,
  clientOf,
  createInstallation,
  multipart,
  registerArrival,
  signIn,
  startProgram,
  type Answer,
  type Client,
  type Installation,
  type Registered,
  type RunningProgram,
} from './program.ts';
export * from './texts.ts';
