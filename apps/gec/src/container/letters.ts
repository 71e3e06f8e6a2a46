import { join } from 'node:path';
import type { Base } from '../context.ts';
import { createAccueilService } from '../modules/accueil/accueil.service.ts';
import { createCommentairesService } from '../modules/commentaires/commentaires.service.ts';
import { createAnnuaireService } from '../modules/correspondants/correspondants.annuaire.ts';
import { createFusionService } from '../modules/correspondants/correspondants.fusion.ts';
import { createImportCorrespondants } from '../modules/correspondants/correspondants.import.ts';
import { createCorrespondantsService } from '../modules/correspondants/correspondants.service.ts';
import { createLettreService } from '../modules/courriers/courriers.lettre.service.ts';
import { createCourriersService } from '../modules/courriers/courriers.service.ts';
import { createLectureService } from '../modules/pieces/pieces.lecture.service.ts';
import { createPiecesService } from '../modules/pieces/pieces.service.ts';
import { createRapportsService } from '../modules/rapports/rapports.service.ts';
import { createRechercheService } from '../modules/recherche/recherche.service.ts';
import { createRegistresService } from '../modules/registres/registres.service.ts';
import { createTransmissionsService } from '../modules/transmissions/transmissions.service.ts';
import { openFiles } from '../storage/open-store.ts';
import { createPreviewCache } from '../storage/preview-cache.ts';
import type { Atelier } from '../workers/atelier.ts';
import type { People } from './people.ts';
import type { Settings } from './settings.ts';

/** Constructs letters, their files, and everything that is done with them. */
export async function createLetters(base: Base, deps: Settings & People & { atelier: Atelier }) {
  const { config, clock, keyring, logger } = base;
  const { journal, parametres, referentiels, roles, departements, utilisateurs, notifications, atelier } =
    deps;

  const store = await openFiles(config.files);
  const previews = createPreviewCache({ dir: join(config.dataDir, 'previews'), files: keyring.files, clock });
  const registres = createRegistresService({ ...base, journal, parametres, departements });
  const correspondants = createCorrespondantsService(base);
  const recherche = createRechercheService({ ...base, correspondants, parametres });
  const pieces = createPiecesService({
    ...base,
    store,
    previews,
    atelier,
    limites: async () => {
      const { tailleMaxFichierMo, typesFichiers } = await parametres.get();
      return { tailleMax: tailleMaxFichierMo * 1024 * 1024, types: typesFichiers };
    },
    heldByDrafts: () => courriers.heldByDrafts(),
  });
  const courriers = createCourriersService({
    ...base,
    journal,
    registres,
    pieces,
    correspondants,
    recherche,
    referentiels,
    parametres,
    departements,
    utilisateurs,
    notifications,
  });
  const annuaire = createAnnuaireService({ ...base, journal });
  const fusions = createFusionService({ ...base, journal, annuaire, courriers });
  const importCorrespondants = createImportCorrespondants({ ...base, journal, annuaire, atelier });
  const commentaires = createCommentairesService({
    ...base,
    journal,
    courriers,
    utilisateurs,
    notifications,
  });
  const transmissions = createTransmissionsService({
    ...base,
    journal,
    courriers,
    commentaires,
    utilisateurs,
    parametres,
    notifications,
    referentiels,
  });
  const lettres = createLettreService({
    courriers,
    pieces,
    transmissions,
    commentaires,
    recherche,
    referentiels,
    parametres,
    journal,
    utilisateurs,
    notifications,
    clock,
  });
  const accueil = createAccueilService({ ...base, courriers, transmissions, recherche, parametres });
  const lecture = createLectureService({ pieces, courriers, journal, logger });
  const rapports = createRapportsService({
    ...base,
    journal,
    store,
    atelier,
    courriers,
    pieces,
    recherche,
    registres,
    transmissions,
    commentaires,
    referentiels,
    roles,
    parametres,
    departements,
    utilisateurs,
  });

  return {
    store,
    registres,
    correspondants,
    annuaire,
    fusions,
    importCorrespondants,
    recherche,
    pieces,
    courriers,
    lecture,
    commentaires,
    transmissions,
    lettres,
    accueil,
    rapports,
  };
}

export type Letters = Awaited<ReturnType<typeof createLetters>>;
