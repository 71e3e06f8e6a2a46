import type { Step } from '@gec/db';
import { initial } from './0001_initial.ts';
import { recherche } from './0002_recherche.ts';
import { licence } from './0003_licence.ts';
import { rechercheIndex } from './0004_recherche_index.ts';
import { utilisateurs } from './0005_utilisateurs.ts';
import { secondFacteur } from './0006_second_facteur.ts';
import { securite } from './0007_securite.ts';
import { rolesDepartements } from './0008_roles_departements.ts';
import { referentiels } from './0009_referentiels.ts';
import { correspondants } from './0010_correspondants.ts';
import { courriels } from './0011_courriels.ts';
import { notifications } from './0012_notifications.ts';
import { textes } from './0013_textes.ts';
import { sauvegardes } from './0014_sauvegardes.ts';
import { rotation } from './0015_rotation.ts';
import { imports } from './0016_imports.ts';
import { importLegacy } from './0017_import_legacy.ts';
import { importBail } from './0018_import_bail.ts';
import { rotationIndex } from './0019_rotation_index.ts';

/** Every step of the schema of GEC Mines, oldest first. A published step never changes; a change is a new step. */
export const migrations: readonly Step[] = [
  initial,
  recherche,
  licence,
  rechercheIndex,
  utilisateurs,
  secondFacteur,
  securite,
  rolesDepartements,
  referentiels,
  correspondants,
  courriels,
  notifications,
  textes,
  sauvegardes,
  rotation,
  imports,
  importLegacy,
  importBail,
  rotationIndex,
];
