import { can, type Actor, type Lang } from '@gec/core';
import { PageHeader, Tabs } from '@gec/ui';
import { courrielsTexts } from './courriels.texts.ts';

/** The views of e-mail; each is there for those who may use it. */
export type OngletCourriels = 'serveur' | 'modeles' | 'notifications';

/** Title and tabs of every page of e-mail. */
export function CourrielsEnTete({
  lang,
  actor,
  actif,
}: {
  lang: Lang;
  actor: Actor;
  actif: OngletCourriels;
}) {
  const t = courrielsTexts(lang);
  const settings = can(actor, 'manage_system_settings');
  const items = [
    ...(settings ? [{ href: '/admin/courriels', label: t.ongletServeur, current: actif === 'serveur' }] : []),
    ...(can(actor, 'manage_email_templates')
      ? [{ href: '/admin/courriels/modeles', label: t.ongletModeles, current: actif === 'modeles' }]
      : []),
    ...(settings
      ? [
          {
            href: '/admin/courriels/notifications',
            label: t.ongletNotifications,
            current: actif === 'notifications',
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={t.titre} subtitle={t.sousTitre} />
      <Tabs label={t.onglets} items={items} />
    </>
  );
}
