/** What a token may do: look, make keys, change licences. */
export const TOKEN_SCOPES = ['read', 'generate', 'manage'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A token as the pages show it; the token itself is stored nowhere. Instants are ISO 8601, UTC. */
export interface ApiToken {
  readonly id: number;
  readonly name: string;
  /** Its last four characters. */
  readonly hint: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}
