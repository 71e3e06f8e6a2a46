import { listRoutes } from '@gec/http';
import type { InjectOptions, Response } from 'light-my-request';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import type { TestApp } from './harness.ts';

/** Values that somebody puts where an id, a page or a year is expected. */
export const HOSTILE_PARAMS = [
  '0',
  '-1',
  '1e30',
  '9007199254740993',
  '99999999999999999999',
  '2147483648',
  'abc',
  '1 OR 1=1',
  "1'--",
  '../../etc/passwd',
  '\0',
  '🙂',
  'NaN',
  '__proto__',
  'constructor',
  '1.jpg',
  '1'.repeat(90),
  'a'.repeat(9_000),
].map(encodeURIComponent);

/** Values that somebody types or sends where a word, a date or a choice is expected. */
export const HOSTILE_TEXTS = [
  `"'<>&\`;--`,
  'a\0b',
  '\u{1F642}\u202E\uFEFF\uD800',
  'x'.repeat(10_240),
  'mot '.repeat(2_000),
  '%_%\\',
  '-1',
  '1e999',
  '9007199254740993',
  '0000-00-00',
  '275760-09-14',
  '+002026-01-01',
  '__proto__',
];

/** Bodies that no form and no client of ours sends. */
export const HOSTILE_BODIES: readonly (readonly [type: string, payload: string])[] = [
  ['application/json', 'null'],
  ['application/json', '[]'],
  ['application/json', '"text"'],
  ['application/json', '{"a":'],
  ['application/json', ''],
  ['application/json', '{"__proto__":{"role":"super_admin"}}'],
  ['application/json', '{"constructor":{"prototype":{"role":"super_admin"}}}'],
  ['application/json', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['application/json', `{"x":"${'x'.repeat(300_000)}"}`],
  ['application/json; charset=utf-16', '{}'],
  [
    'application/x-www-form-urlencoded',
    'a%5B%5D=1&a%5B%5D=2&__proto__=x&constructor=y&a=1&a=2&%00=%00&%ff=%ff',
  ],
  ['application/x-www-form-urlencoded', `x=${'x'.repeat(300_000)}`],
  ['multipart/form-data', '--x\r\n'],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'],
  ['multipart/form-data; boundary=x', '--x--\r\n'],
  ['text/plain', 'x'],
  ['application/xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ['x', 'x'],
];

/** A route as a caller sees it. */
export interface Target {
  readonly method: NonNullable<InjectOptions['method']>;
  /** With its parameters, such as `/mail/:id`. */
  readonly pattern: string;
  readonly isPublic: boolean;
  readonly isApi: boolean;
  readonly isUnsafe: boolean;
}

/** Every route that a browser or a program can reach; the library's own files of the description left out. */
export function targetsOf({ app }: TestApp): Target[] {
  return listRoutes(app)
    .filter(({ method, url }) => method !== 'HEAD' && method !== 'OPTIONS' && !url.includes('*'))
    .map(({ method, url, access }) => ({
      method: method as Target['method'],
      pattern: url,
      isPublic: access === 'public',
      isApi: url.startsWith('/api/'),
      isUnsafe: method !== 'GET',
    }));
}

const PLAUSIBLE: Readonly<Record<string, string>> = { flux: 'ENTRANT', annee: '2026', page: '1.jpg' };

/** The address of a target; `value` for every parameter, else plausible ones. */
export function addressOf({ pattern }: Target, value?: string, id = '1'): string {
  return pattern.replace(/:(\w+)/g, (_whole, name: string) => value ?? PLAUSIBLE[name] ?? id);
}

/** The names under which a route reads its query and body, from the routes' own shapes and forms. */
export const FIELDS = [
  'a[]',
  'action',
  'after',
  'annee',
  'avant',
  'acteur',
  'correspondant',
  'courrier',
  'date',
  'date_from',
  'date_redaction',
  'date_redaction_from',
  'date_redaction_to',
  'date_to',
  'departement',
  'destinataire',
  'destinataires',
  'echeance',
  'email',
  'etat',
  'expediteur',
  'flux',
  'format',
  'from',
  'genre',
  'id',
  'instruction',
  'lang',
  'liste',
  'message',
  'mode',
  'motif',
  'next',
  'nom_complet',
  'numero',
  'objet',
  'page',
  'password',
  'pieces',
  'q',
  'reference',
  'retour',
  'role',
  'search',
  'sg_copie',
  'size',
  'sort_by',
  'sort_order',
  'statut',
  'taille',
  'texte',
  'to',
  'type',
  'type_courrier',
  'type_courrier_sortant_id',
  'username',
  'utilisateur',
  'version',
  'width',
  'largeur',
  '__proto__',
  'constructor',
] as const;

/** A browser with one session: its cookie, its form token, and requests as it would send them. */
export async function browserOf(site: TestApp, person: Pick<Personne, 'userId'>) {
  const headers = await site.signIn(person);
  const page = await site.app.inject({ url: '/profil', headers });
  const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  return {
    headers,
    token,
    send: (options: InjectOptions): Promise<Response> =>
      site.app.inject({
        ...options,
        headers: { accept: 'text/html', 'x-csrf-token': token, ...headers, ...options.headers },
      }),
    /** Sends a form; a body's own token wins over the header's. */
    post: (url: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Response> => {
      const body = new URLSearchParams({ _csrf: token });
      for (const [name, value] of Object.entries(fields))
        for (const one of [value].flat()) body.append(name, one);
      return site.app.inject({
        method: 'POST',
        url,
        headers: { accept: 'text/html', ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: body.toString(),
      });
    },
  };
}
