import { announce, type Setup } from '@gec/ui/islands';

interface Descripteur {
  id: string;
  type: 'public-key';
  transports?: AuthenticatorTransport[];
}

/** What the server sends; bytes are base64url (WebAuthn § 5.1.8). */
interface Options {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: Descripteur[];
  allowCredentials?: Descripteur[];
}

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const array = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) array[i] = plain.charCodeAt(i);
  return array.buffer;
}

function text(buffer: ArrayBuffer): string {
  let plain = '';
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

const descripteurs = (list: Descripteur[] | undefined) =>
  (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** A passkey that the browser made, or `null`. */
async function creer(options: Options): Promise<object | null> {
  const { user } = options;
  if (!user) return null;
  const made = (await navigator.credentials.create({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialCreationOptions),
      challenge: bytes(options.challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: descripteurs(options.excludeCredentials),
    },
  })) as PublicKeyCredential | null;
  if (!made) return null;
  const response = made.response as AuthenticatorAttestationResponse & { getTransports?(): string[] };
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports ? response.getTransports() : [],
    },
  };
}

/** The signature of a passkey, or `null`. */
async function signer(options: Options): Promise<object | null> {
  const made = (await navigator.credentials.get({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialRequestOptions),
      challenge: bytes(options.challenge),
      allowCredentials: descripteurs(options.allowCredentials),
    },
  })) as PublicKeyCredential | null;
  if (!made) return null;
  const response = made.response as AuthenticatorAssertionResponse;
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

/**
 * A form that a passkey answers: pressing its button asks the server what to sign, the device to sign it, and sends the
 * form with the answer in the hidden field `cle`. A browser that knows no passkeys sees why instead.
 */
const cle: Setup = (element) => {
  const form = element as HTMLFormElement;
  const { options = '', geste, abandon = '' } = form.dataset;
  const answer = form.querySelector<HTMLInputElement>('input[name="cle"]');
  const message = form.querySelector<HTMLElement>('[data-message]');
  const button = form.querySelector<HTMLButtonElement>('button');
  if (!answer || !message || !button) return undefined;
  if (!('PublicKeyCredential' in window)) {
    form.hidden = true;
    return undefined;
  }

  function tell(words: string): void {
    if (!message) return;
    message.textContent = words;
    message.hidden = words === '';
    announce(words);
  }

  async function ask(): Promise<Options | null> {
    const password = form.querySelector<HTMLInputElement>('input[type="password"]');
    const response = await fetch(options, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
      body: JSON.stringify(password ? { mot_de_passe: password.value } : {}),
    });
    const body = (await response.json()) as { options?: Options; error?: { message: string } };
    if (response.ok && body.options) return body.options;
    tell(body.error?.message ?? abandon);
    password?.focus();
    return null;
  }

  async function go(): Promise<void> {
    try {
      const asked = await ask();
      if (!asked) return;
      const made = await (geste === 'creer' ? creer(asked) : signer(asked));
      if (!made) {
        tell(abandon);
        return;
      }
      if (answer) answer.value = JSON.stringify(made);
      form.submit();
    } catch {
      // The person pressed "cancel", took too long, or the device has no such passkey.
      tell(abandon);
    }
  }

  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (button.disabled) return;
    tell('');
    button.disabled = true;
    void go().finally(() => (button.disabled = false));
  };
  form.addEventListener('submit', onSubmit);
  return () => form.removeEventListener('submit', onSubmit);
};

export default cle;
