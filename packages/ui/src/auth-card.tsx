import type { ComponentChildren } from 'preact';
import { useTexts } from './context.tsx';
import { Flash, type FlashMessage } from './feedback.tsx';
import { Icon } from './icons.tsx';

export interface AuthCardProps {
  product: string;
  /** Institution under the product's name. */
  institution?: string;
  logo?: string;
  title: string;
  text?: ComponentChildren;
  flash?: FlashMessage | null;
  footer?: ComponentChildren;
  children: ComponentChildren;
}

/** The page of a visitor: sign-in, first password, errors without a session. One card in the middle. */
export function AuthCard({
  product,
  institution,
  logo,
  title,
  text,
  flash,
  footer,
  children,
}: AuthCardProps) {
  const texts = useTexts();
  return (
    <div class="auth">
      <a class="skip" href="#main">
        {texts.skip}
      </a>
      <header class="auth-brand">
        {logo ? (
          <img class="brand-mark" src={logo} alt="" width="48" height="48" />
        ) : (
          <span class="brand-mark">
            <Icon name="mail" size={26} />
          </span>
        )}
        <p>
          <strong>{product}</strong>
          {institution && <span>{institution}</span>}
        </p>
      </header>
      <main id="main" class="auth-card" tabIndex={-1}>
        <h1>{title}</h1>
        {text && <p class="muted">{text}</p>}
        {flash && <Flash {...flash} />}
        {children}
      </main>
      {footer && <footer class="auth-foot">{footer}</footer>}
      <div id="live" class="sr-only" role="status" aria-live="polite" />
    </div>
  );
}
