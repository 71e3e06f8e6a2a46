import { fill, type Permission } from '@gec/core';
import { Icon, useLang } from '@gec/ui';
import { useMotsDepartement } from '../departements/departements.mots.views.tsx';
import { GROUPES_PERMISSIONS } from './roles.permissions.ts';
import { rolesTexts } from './roles.texts.ts';

/**
 * Every permission in its group, with what it allows in plain words.
 *
 * @param props `accordees`: those that are ticked; `possibles`: those that may be given or taken; without them the
 *   table only shows
 */
export function TablePermissions(props: {
  accordees: ReadonlySet<Permission>;
  possibles?: ReadonlySet<Permission> | undefined;
  error?: string | undefined;
}) {
  const t = rolesTexts(useLang());
  const mots = useMotsDepartement();
  const { accordees, possibles, error } = props;
  return (
    <div id="permissions" class={error === undefined ? undefined : 'field-bad'} tabIndex={-1}>
      {error !== undefined && (
        <p class="field-error">
          <Icon name="alert" size={16} />
          <span>{error}</span>
        </p>
      )}
      <div class="rights">
        {GROUPES_PERMISSIONS.map(({ id, permissions }) => (
          <fieldset key={id}>
            <legend>{t[`groupe.${id}`]}</legend>
            {permissions.map((permission) => (
              <Droit
                key={permission}
                permission={permission}
                libelle={fill(t[permission], mots)}
                aide={fill(t[`${permission}.aide`], mots)}
                accorde={accordees.has(permission)}
                possible={possibles?.has(permission)}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}

/** One permission: a tick where it may be given, else whether it is. */
function Droit(props: {
  permission: Permission;
  libelle: string;
  aide: string;
  accorde: boolean;
  /** Left out where nothing can be changed. */
  possible: boolean | undefined;
}) {
  const t = rolesTexts(useLang());
  const { permission, libelle, aide, accorde, possible } = props;
  if (possible === undefined) {
    return (
      <p class={accorde ? 'right' : 'right muted'}>
        <Icon name={accorde ? 'check' : 'x'} size={16} label={accorde ? t.accorde : t.nonAccorde} />
        <span>
          {libelle}
          <small class="hint">{aide}</small>
        </span>
      </p>
    );
  }
  return (
    <label class="check">
      <input type="checkbox" name="permissions" value={permission} checked={accorde} disabled={!possible} />
      <span>
        {libelle}
        <small class="hint">{possible ? aide : `${aide} ${t.sansDroit}`}</small>
      </span>
    </label>
  );
}
