import type { Lang } from '@gec/core';
import type { NavItem } from '@gec/ui';
import { shellTexts } from './shell.texts.ts';

/** Places of the rail. */
export type NavId =
  'overview' | 'licenses' | 'generation' | 'offline' | 'test' | 'alerts' | 'journal' | 'automation' | 'keys';

const PLACES: readonly { id: NavId; href: string; icon: NavItem['icon']; administration?: true }[] = [
  { id: 'overview', href: '/', icon: 'home' },
  { id: 'licenses', href: '/licences', icon: 'key' },
  { id: 'generation', href: '/generation', icon: 'plus' },
  { id: 'offline', href: '/hors-ligne', icon: 'file' },
  { id: 'alerts', href: '/alertes', icon: 'bell' },
  { id: 'test', href: '/test', icon: 'check' },
  { id: 'journal', href: '/journal', icon: 'journal', administration: true },
  { id: 'keys', href: '/cles', icon: 'shield', administration: true },
  { id: 'automation', href: '/automatisation', icon: 'link', administration: true },
];

/** The rail, with the numbers that wait. */
export function navOf(lang: Lang, active: NavId | null, badges: Partial<Record<NavId, number>>): NavItem[] {
  const t = shellTexts(lang);
  const first = PLACES.find((place) => place.administration);
  return PLACES.map((place) => ({
    id: place.id,
    href: place.href,
    label: t[place.id],
    icon: place.icon,
    badge: badges[place.id] ?? 0,
    current: place.id === active,
    ...(place === first ? { group: t.administration } : {}),
  }));
}
