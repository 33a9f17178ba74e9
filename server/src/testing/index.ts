export { type Child, startChild } from './child.ts';
export {
  databaseSuite,
  type OpenTestDatabase,
  openEmbeddedTestDatabase,
  type TestDatabaseOptions,
} from './database-suite.ts';
export { embeddedTemplate } from './embedded-template.ts';
export { foundationMigrations } from './foundation-migrations.ts';
export {
  postgresMissingReason,
  startPostgres,
  type TestPostgres,
} from './postgres-server.ts';
