export * from './database.ts';
export * from './dialect.ts';
export * from './journal-chain.ts';
export * from './journal-sequencer.ts';
export * from './keys.ts';
export * from './migrate.ts';
export * from './outbox.ts';
export * from './types.ts';
