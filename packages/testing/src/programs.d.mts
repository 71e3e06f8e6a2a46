/** Directory of the newest PostgreSQL server programs of version 14 or later, if any. */
export function findPostgres(): string | undefined;
/** Path of the system's Chromium or Chrome, if any. */
export function findBrowser(): string | undefined;
/** Path of curl, if any. */
export function findCurl(): string | undefined;
