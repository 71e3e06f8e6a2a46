export * from './database.ts';
export * from './dialect.ts';
export * from './migrate.ts';
export * from './types.ts';
