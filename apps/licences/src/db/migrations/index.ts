import type { Step } from '@gec/db';
import { initial } from './0001_initial.ts';
import { secrets } from './0002_secrets.ts';

/** Every step of the schema of the licence server, oldest first. A published step never changes; a change is a new one. */
export const migrations: readonly Step[] = [initial, secrets];
