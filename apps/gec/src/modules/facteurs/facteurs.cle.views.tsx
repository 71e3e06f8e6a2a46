import type { ComponentChildren } from 'preact';

/**
 * A form that a passkey answers; the `cle` island does the talking with the device. It is there with script only, which
 * nothing can replace here.
 */
export function CleForm(props: {
  action: string;
  /** Address that says what the device is asked. */
  options: string;
  geste: 'creer' | 'signer';
  csrfToken?: string;
  /** Said when the device did not answer. */
  abandon: string;
  children: ComponentChildren;
}) {
  const { action, options, geste, csrfToken, abandon, children } = props;
  return (
    <form
      action={action}
      method="post"
      class="stack stack-4 js-only"
      noValidate
      data-island="cle"
      data-options={options}
      data-geste={geste}
      data-abandon={abandon}
    >
      {csrfToken !== undefined && <input type="hidden" name="_csrf" value={csrfToken} />}
      <input type="hidden" name="cle" value="" />
      {children}
      <p class="field-error" role="alert" data-message hidden />
    </form>
  );
}
