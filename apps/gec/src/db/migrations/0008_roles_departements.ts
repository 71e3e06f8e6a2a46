import type { Step } from '@gec/db';

/** Roles and departments change on screens: a version for those who change the same one, and who heads what. */
export const rolesDepartements: Step = {
  name: '0008_roles_departements',
  statements: () => [
    `alter table role add column version integer not null default 1`,
    `alter table departement add column version integer not null default 1`,
    `create index departement_chef on departement(chef_departement_id)`,
  ],
};
