import { can, fill, type Lang, type Permission } from '@gec/core';
import type { NavItem } from '@gec/ui';
import { motsDepartement } from '../modules/departements/departements.texts.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { shellTexts } from './shell.texts.ts';

/** Places of the rail. */
export type NavId =
  | 'accueil'
  | 'arrivees'
  | 'departs'
  | 'a-traiter'
  | 'recherche'
  | 'rapports'
  | 'utilisateurs'
  | 'roles'
  | 'departements'
  | 'registres'
  | 'referentiels'
  | 'correspondants'
  | 'parametres'
  | 'textes'
  | 'courriels'
  | 'securite'
  | 'licence'
  | 'sante'
  | 'sauvegardes'
  | 'cles'
  | 'imports'
  | 'corbeille'
  | 'notifications'
  | 'journal';

interface Place {
  id: NavId;
  href: string;
  text: keyof ReturnType<typeof shellTexts>;
  icon: NavItem['icon'];
  /** Shown to those who hold it, or one of them; to everybody if left out. */
  permission?: Permission | readonly Permission[];
  /** Group of the administration in which it stands; places of one group follow one another. */
  groupe?: 'organisation' | 'registre' | 'reglages' | 'controle';
}

const PLACES: readonly Place[] = [
  { id: 'accueil', href: '/', text: 'accueil', icon: 'home' },
  { id: 'arrivees', href: '/view_mail?type_courrier=ENTRANT', text: 'arrivees', icon: 'inbox-in' },
  { id: 'departs', href: '/view_mail?type_courrier=SORTANT', text: 'departs', icon: 'outbox' },
  { id: 'a-traiter', href: '/a-traiter', text: 'aTraiter', icon: 'tray' },
  { id: 'recherche', href: '/view_mail', text: 'recherche', icon: 'search' },
  { id: 'rapports', href: '/rapports', text: 'rapports', icon: 'chart', permission: 'export_courriers' },
  {
    id: 'utilisateurs',
    href: '/admin/users',
    text: 'utilisateurs',
    icon: 'users',
    permission: 'manage_users',
    groupe: 'organisation',
  },
  {
    id: 'departements',
    href: '/admin/departements',
    text: 'departements',
    icon: 'building',
    permission: 'manage_departments',
    groupe: 'organisation',
  },
  {
    id: 'roles',
    href: '/admin/roles',
    text: 'roles',
    icon: 'lock',
    permission: 'manage_roles',
    groupe: 'organisation',
  },
  {
    id: 'registres',
    href: '/admin/registres',
    text: 'registres',
    icon: 'database',
    permission: ['register_mail', 'manage_system_settings'],
    groupe: 'registre',
  },
  {
    id: 'referentiels',
    href: '/admin/referentiels',
    text: 'referentiels',
    icon: 'menu',
    permission: 'manage_statuses',
    groupe: 'registre',
  },
  {
    id: 'correspondants',
    href: '/admin/correspondants',
    text: 'correspondants',
    icon: 'user',
    permission: 'manage_statuses',
    groupe: 'registre',
  },
  {
    id: 'imports',
    href: '/admin/import',
    text: 'imports',
    icon: 'upload',
    permission: 'import_courriers',
    groupe: 'registre',
  },
  {
    id: 'corbeille',
    href: '/corbeille',
    text: 'corbeille',
    icon: 'trash',
    permission: 'view_trash',
    groupe: 'registre',
  },
  {
    id: 'parametres',
    href: '/settings',
    text: 'parametres',
    icon: 'settings',
    permission: 'manage_system_settings',
    groupe: 'reglages',
  },
  {
    id: 'courriels',
    href: '/admin/courriels',
    text: 'courriels',
    icon: 'mail',
    permission: ['manage_system_settings', 'manage_email_templates'],
    groupe: 'reglages',
  },
  {
    id: 'textes',
    href: '/admin/textes',
    text: 'textes',
    icon: 'edit',
    permission: 'manage_system_settings',
    groupe: 'reglages',
  },
  {
    id: 'licence',
    href: '/admin/licence',
    text: 'licence',
    icon: 'key',
    permission: 'manage_system_settings',
    groupe: 'reglages',
  },
  {
    id: 'securite',
    href: '/admin/securite',
    text: 'securite',
    icon: 'shield',
    permission: 'manage_system_settings',
    groupe: 'controle',
  },
  {
    id: 'journal',
    href: '/admin/logs',
    text: 'journal',
    icon: 'journal',
    permission: 'view_logs',
    groupe: 'controle',
  },
  {
    id: 'sante',
    href: '/admin/sante',
    text: 'sante',
    icon: 'info',
    permission: 'manage_system_settings',
    groupe: 'controle',
  },
  {
    id: 'sauvegardes',
    href: '/admin/sauvegardes',
    text: 'sauvegardes',
    icon: 'database',
    permission: 'manage_backups',
    groupe: 'controle',
  },
  {
    id: 'cles',
    href: '/admin/cles',
    text: 'cles',
    icon: 'lock',
    permission: 'manage_system_settings',
    groupe: 'controle',
  },
];

/**
 * The rail of a person: only the places that they may enter.
 *
 * @param appellation what the office calls its departments
 */
export function navOf(
  person: Personne,
  lang: Lang,
  active: NavId | null,
  badges: Partial<Record<NavId, number>>,
  appellation: string,
): NavItem[] {
  const t = shellTexts(lang);
  const mots = motsDepartement(lang, appellation);
  const items: NavItem[] = [];
  let groupe: Place['groupe'];
  for (const place of PLACES) {
    if (place.permission && ![place.permission].flat().some((one) => can(person, one))) continue;
    const item: NavItem = {
      id: place.id,
      href: place.href,
      label: fill(t[place.text], mots),
      icon: place.icon,
      badge: badges[place.id] ?? 0,
      current: place.id === active,
    };
    if (place.groupe && place.groupe !== groupe) item.group = t[`groupe_${place.groupe}`];
    groupe = place.groupe;
    items.push(item);
  }
  return items;
}
