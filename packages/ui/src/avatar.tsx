import { cx } from './context.tsx';

/** First letters of the first and last word of a name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : undefined];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase('fr');
}

export interface AvatarProps {
  name: string;
  /** Where they are not those of the name. */
  initials?: string;
  /** Address of the photograph; the initials stand for whoever has none. */
  src?: string | null;
  size?: 'small' | 'large';
}

/** The face of a person beside their name, which says the same to whoever does not see it. */
export function Avatar({ name, initials = initialsOf(name), src, size = 'small' }: AvatarProps) {
  const side = size === 'large' ? 96 : 32;
  const look = cx('avatar', size === 'large' && 'avatar-large');
  if (src) return <img class={look} src={src} alt="" width={side} height={side} loading="lazy" />;
  return (
    <span class={look} aria-hidden="true">
      {initials}
    </span>
  );
}
