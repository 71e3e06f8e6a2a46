import type { Permission } from './permissions.ts';
import type { Lang } from './texts.ts';

/** A signed-in person, as every use case sees them. */
export interface UserActor {
  readonly kind: 'user';
  readonly userId: number;
  readonly username: string;
  readonly role: string;
  readonly departementId: number | null;
  /** Departments that the person heads, with all those below them: the head reads their letters whatever the role. */
  readonly departementsDiriges?: readonly number[];
  readonly permissions: ReadonlySet<Permission>;
  readonly lang: Lang;
  /** Address the request came from, after trusted proxies; written to the journal. */
  readonly ip: string;
}

/** The program itself, with the reason why it acts (`migration`, `sweep`, `cli`). Never a default, always named. */
export interface SystemActor {
  readonly kind: 'system';
  readonly reason: string;
  readonly lang: Lang;
  readonly ip: string;
}

/** Whoever does something. It is always given: no use case has an actor that is null and therefore unrestricted. */
export type Actor = UserActor | SystemActor;

/** The program acting for a named reason. */
export function systemActor(reason: string, lang: Lang = 'fr'): SystemActor {
  return { kind: 'system', reason, lang, ip: '' };
}

/** Whether the actor holds a permission. The system holds all of them, for the reason that it gives. */
export function can(actor: Actor, permission: Permission): boolean {
  return actor.kind === 'system' || actor.permissions.has(permission);
}
