/** One server of an address. */
export interface Server {
  /** As messages name it: `host:port`. */
  readonly name: string;
  /** The address with this server alone, as the driver takes it. */
  readonly url: string;
}

/** What a session must be able to do, as libpq's `target_session_attrs` says it. */
const SESSIONS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type Session = (typeof SESSIONS)[number];

/** A PostgreSQL address, taken apart. */
export interface Address {
  /** In the order in which they are named. */
  readonly servers: readonly Server[];
  /** null where the address does not say. */
  readonly session: Session | null;
}

const SHAPE = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/;
const DEFAULT_PORT = '5432';

/** A list as libpq reads it: an empty place stands for the default. */
const listOf = (text: string): string[] => text.split(',').map((part) => part.trim());

interface Place {
  host: string;
  port: string;
}

/** `host`, `host:port`, `[::1]:port` or `%2Fdirectory:port`. */
function placeOf(text: string): Place {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text) ?? [];
  if (host === undefined) throw new Error(`"${text}" is no host of a database address`);
  return { host: decodeURIComponent(host), port: port ?? '' };
}

/** The servers that `?host=…&port=…` names: lists of the same length, or one port for all. */
function placesOf(hosts: readonly string[], ports: readonly string[]): Place[] {
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw new Error(`a database address names ${hosts.length} hosts and ${ports.length} ports`);
  }
  return hosts.map((host, at) => ({ host, port: ports[at] ?? ports[0] ?? '' }));
}

/**
 * Takes an address apart in libpq's syntax: several servers between commas, each with its port, in the place of the
 * host or as `host` and `port` parameters (a folder with a unix socket too), and `target_session_attrs`. The driver
 * knows one server only.
 *
 * @param url `postgres://user:password@host1:5432,host2:5433/name?target_session_attrs=read-write`
 * @throws Error that says what is wrong with it, without the password
 */
export function parseAddress(url: string): Address {
  const [, user, authority = '', path = '', query = ''] = SHAPE.exec(url) ?? [];
  if (!SHAPE.test(url)) throw new Error('a database address is postgres://user:password@host:port/name');
  const parameters = new URLSearchParams(query);
  const session = parameters.get('target_session_attrs');
  if (session !== null && !SESSIONS.some((known) => known === session)) {
    throw new Error(`target_session_attrs is one of ${SESSIONS.join(', ')}`);
  }
  const given = parameters.get('host');
  const ports = parameters.get('port');
  if (!authority.includes(',') && !given?.includes(',') && session === null) {
    return { servers: [{ name: nameOf(placeOf(given ?? authority), ports), url }], session: null };
  }
  for (const name of ['host', 'port', 'target_session_attrs']) parameters.delete(name);
  const places =
    given === null
      ? listOf(authority).map((one) => placeOf(one))
      : placesOf(listOf(given), ports === null ? [] : listOf(ports));
  const rest = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  const account = user === undefined ? '' : `${user}@`;
  return {
    servers: places.map((place) => ({
      name: nameOf(place, ports),
      url: `postgres://${account}${hostOf(place.host)}:${place.port || DEFAULT_PORT}${path}${rest}`,
    })),
    session: session as Session | null,
  };
}

/**
 * Says what is wrong with the address of a database that the program writes to.
 *
 * @param url `sqlite:<path>` or `postgres://…`
 * @returns null when nothing is
 */
export function addressFault(url: string): string | null {
  if (/^sqlite:.+$/.test(url)) return null;
  if (!/^postgres(ql)?:\/\//.test(url)) return 'must begin with sqlite: or postgres://';
  try {
    const { session } = parseAddress(url);
    if (session === null || session === 'read-write' || session === 'primary') return null;
    return `target_session_attrs=${session} does not do here: the program writes (read-write or primary)`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A host as it stands in an address: a folder's slashes are written otherwise. */
function hostOf(host: string): string {
  if (host === '') return 'localhost';
  return host.startsWith('[') ? host : encodeURIComponent(host);
}

function nameOf({ host, port }: Place, ports: string | null): string {
  return `${host === '' ? 'localhost' : host}:${port || (ports ?? DEFAULT_PORT)}`;
}
