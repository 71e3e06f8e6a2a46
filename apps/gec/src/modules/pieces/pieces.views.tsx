import { fill, formatBytes, plural, type Lang } from '@gec/core';
import { Button, cx, EmptyState, Icon, LinkButton, useLang } from '@gec/ui';
import type { ScanType } from '../../workers/atelier.ts';
import { EXTENSIONS, type Limites, type Piece, type PieceRecue } from './pieces.schema.ts';
import { piecesTexts } from './pieces.texts.ts';

/** Address of the picture of a page of a waiting file. */
const vignette = (id: string) => `/api/v1/televersements/${id}/pages/1.jpg?w=480`;

/** Other endings that files of a kind come with. */
const AUTRES_FINS: Readonly<Partial<Record<ScanType, string>>> = {
  'image/jpeg': '.jpeg',
  'image/tiff': '.tiff',
};

/** What the chooser of files offers. */
function accept(types: Limites['types']): string {
  return types.flatMap((type) => [type, `.${EXTENSIONS[type]}`, AUTRES_FINS[type] ?? []].flat()).join(',');
}

/** `PDF, JPEG ou TIFF`. */
function noms(lang: Lang, types: Limites['types']): string {
  const words = types.map((type) => type.slice(type.indexOf('/') + 1).toUpperCase());
  return new Intl.ListFormat(lang, { type: 'disjunction' }).format(words);
}

export interface UploadFieldProps {
  /** Id of the field; the error summary leads to it. */
  id?: string;
  label?: string;
  /** Files that were received already: they stay when a form comes back. */
  recues?: readonly PieceRecue[];
  /** Files that were refused with this form. */
  erreurs?: readonly { nom: string; message: string }[];
  error?: string;
  limites: Limites;
  required?: boolean;
  autofocus?: boolean;
}

/** The words that the `upload` island says itself. */
function paroles(lang: Lang, tailleMax: number): string {
  const t = piecesTexts(lang);
  const max = formatBytes(lang, tailleMax);
  return JSON.stringify({
    tropGros: t.tropGros.replace('{max}', max),
    typeRefuse: t.typeRefuse,
    envoi: t.envoi,
    verification: t.verification,
    pret: t.pret,
    pages1: t.pret_un,
    pagesN: t.pret_autre,
    dejaConnu: t.dejaConnu,
    annuler: t.annuler,
    retirer: t.retirer,
    retire: t.retire,
    monter: t.monter,
    descendre: t.descendre,
    deplace: t.deplace,
    reessayer: t.reessayer,
    coupure: t.coupure,
    envoisEnCours: t.envoisEnCours,
  });
}

/**
 * The scans of a letter to be: dropped, chosen or photographed. With script (`upload` island) each file is sent at once,
 * with its progress, and the form carries the ids in `pieces`. Without, the files go with the form as `fichiers`, and
 * those that were received before stay ticked in `pieces`; `readForm` takes both. The form is multipart.
 */
export function UploadField(props: UploadFieldProps) {
  const { id = 'pieces', recues = [], erreurs = [], error, limites, required, autofocus } = props;
  const { tailleMax, types } = limites;
  const lang = useLang();
  const t = piecesTexts(lang);
  const bad = error !== undefined || erreurs.length > 0;
  return (
    <div
      class={cx('field', 'upload', bad && 'field-bad')}
      data-island="upload"
      data-max={tailleMax}
      data-words={paroles(lang, tailleMax)}
      data-recues={JSON.stringify(recues)}
    >
      <label for={id}>
        {props.label ?? t.ajouter}
        {required && (
          <span class="req" aria-hidden="true">
            {' *'}
          </span>
        )}
      </label>
      <div class="drop">
        <input
          type="file"
          id={id}
          name="fichiers"
          multiple
          accept={accept(types)}
          autofocus={autofocus}
          aria-describedby={cx(`${id}-aide`, bad && `${id}-error`)}
          aria-invalid={bad ? 'true' : undefined}
          aria-required={required ? 'true' : undefined}
          data-files
        />
        <div class="drop-words" aria-hidden="true">
          <span class="drop-icon">
            <Icon name="upload" size={22} />
          </span>
          <span>
            {t.deposer} <u>{t.choisir}</u>
          </span>
        </div>
      </div>
      <p class="hint" id={`${id}-aide`}>
        {fill(t.aide, { types: noms(lang, types), max: formatBytes(lang, tailleMax) })}
      </p>
      <label class="btn btn-secondary btn-small drop-camera">
        <Icon name="camera" />
        <span>{t.photographier}</span>
        <input
          type="file"
          name="fichiers"
          accept="image/*"
          capture="environment"
          class="sr-only"
          data-camera
        />
      </label>
      <ul class="drop-list upload-list plain" data-list aria-label={t.liste} hidden={recues.length === 0}>
        {recues.map((file) => (
          <li key={file.id}>
            <label class="check">
              <input type="checkbox" name="pieces" value={file.id} checked />
              <span>{file.nom}</span>
            </label>
            <small>
              {formatBytes(lang, file.taille)} · {plural(lang, file.pages, t.pret_un, t.pret_autre)}
            </small>
            <img class="upload-thumb" src={vignette(file.id)} alt="" loading="lazy" width={40} height={52} />
          </li>
        ))}
      </ul>
      {bad && (
        <div class="field-error" id={`${id}-error`} data-errors>
          <Icon name="alert" size={16} />
          <ul class="plain">
            {error !== undefined && <li>{error}</li>}
            {erreurs.map((one) => (
              <li key={`${one.nom} ${one.message}`}>{one.message}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

export interface ScanViewerProps {
  courrierId: number;
  pieces: readonly Pick<Piece, 'id' | 'nom' | 'pages' | 'taille' | 'rang'>[];
}

/** Proportions of a page until its picture is there: A4. */
const A4 = { width: 960, height: 1358 };

/**
 * The scans of a letter, page under page. Without script it is a column of pictures that the browser fetches as they
 * come into view; the `viewer` island adds zoom, the keys and the page counter.
 */
export function ScanViewer({ courrierId, pieces }: ScanViewerProps) {
  const lang = useLang();
  const t = piecesTexts(lang);
  const total = pieces.reduce((sum, piece) => sum + piece.pages, 0);
  if (pieces.length === 0) return <EmptyState icon="file" title={t.aucunePiece} text={t.aucunePieceTexte} />;
  return (
    <section
      class="scan"
      data-island="viewer"
      data-words={JSON.stringify({ compteur: t.compteur })}
      aria-label={t.pieces}
    >
      <div class="scan-bar">
        <span data-count role="status">
          {plural(lang, total, t.pret_un, t.pret_autre)}
        </span>
        <span class="cluster">
          <span class="cluster js-only" role="group">
            <Button
              type="button"
              variant="quiet"
              size="small"
              icon="chevron-up"
              iconOnly
              name="prev"
              title={t.precedente}
            >
              {t.precedente}
            </Button>
            <Button
              type="button"
              variant="quiet"
              size="small"
              icon="chevron-down"
              iconOnly
              name="next"
              title={t.suivante}
            >
              {t.suivante}
            </Button>
            <Button
              type="button"
              variant="quiet"
              size="small"
              icon="zoom-out"
              iconOnly
              name="out"
              title={t.reduire}
            >
              {t.reduire}
            </Button>
            <Button
              type="button"
              variant="quiet"
              size="small"
              icon="zoom-in"
              iconOnly
              name="in"
              title={t.agrandir}
            >
              {t.agrandir}
            </Button>
            <Button type="button" variant="quiet" size="small" name="fit">
              {t.ajuster}
            </Button>
          </span>
          {pieces.length === 1 && (
            <LinkButton variant="quiet" size="small" icon="download" href={`/download_file/${courrierId}`}>
              {t.telecharger}
            </LinkButton>
          )}
        </span>
      </div>
      <div class="scan-pages" tabIndex={0} role="region" aria-label={t.pagesLues} data-pages>
        {pieces.map((piece) => (
          <figure key={piece.id} id={`piece-${piece.id}`}>
            {pieces.length > 1 && (
              <figcaption class="scan-name">
                <span>{piece.nom}</span>
                <LinkButton
                  variant="quiet"
                  size="small"
                  icon="download"
                  href={`/download_file/${courrierId}?piece=${piece.id}`}
                  label={`${t.telecharger} ${piece.nom}`}
                >
                  {`${t.telecharger} (${formatBytes(lang, piece.taille)})`}
                </LinkButton>
              </figcaption>
            )}
            {Array.from({ length: piece.pages }, (_, index) => {
              const at = `/mail/${courrierId}/pieces/${piece.id}/pages/${index + 1}.jpg`;
              return (
                <img
                  key={index}
                  {...A4}
                  src={`${at}?w=960`}
                  srcset={[480, 960, 1440].map((width) => `${at}?w=${width} ${width}w`).join(', ')}
                  sizes="(min-width: 1000px) 50vw, 100vw"
                  loading="lazy"
                  alt={fill(t.page, { n: index + 1, nom: piece.nom })}
                  data-page
                />
              );
            })}
          </figure>
        ))}
      </div>
    </section>
  );
}
