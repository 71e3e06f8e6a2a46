const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Resolves the five named entities and character references; others stay as they are. */
export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** A tag, without the prefix of its name. */
export interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly empty: boolean;
  readonly attributes: string;
  /** Text up to the next tag, as it stands in the file. */
  readonly text: string;
}

/** The tags of a part, one by one. */
export function* tagsOf(xml: string): Generator<Tag> {
  for (const [, inside, text] of xml.matchAll(/<([^<>]*)>([^<]*)/g) as Iterable<[string, string, string]>) {
    const closing = inside.startsWith('/');
    const empty = inside.endsWith('/');
    const body = inside.slice(closing ? 1 : 0, empty ? -1 : undefined);
    const [qualified = ''] = body.split(/\s/, 1);
    const name = qualified.slice(qualified.indexOf(':') + 1);
    yield { name, closing, empty, attributes: body.slice(qualified.length), text };
  }
}

const patterns = new Map<string, RegExp>();

/** Value of an attribute, whatever its prefix; `null` where there is none. */
export function attribute(tag: Tag, name: string): string | null {
  let pattern = patterns.get(name);
  if (!pattern) patterns.set(name, (pattern = new RegExp(`(?:^|[\\s:])${name}="([^"]*)"`)));
  const match = pattern.exec(tag.attributes);
  return match ? unescapeXml(match[1]!) : null;
}
