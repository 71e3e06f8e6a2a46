export * from './actor.ts';
export * from './bytes.ts';
export * from './clock.ts';
export * from './dates.ts';
export * from './errors.ts';
export * from './fold.ts';
export * from './permissions.ts';
export * from './texts.ts';
