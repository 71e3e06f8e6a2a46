import type { ComponentChildren } from 'preact';
import { Avatar } from './avatar.tsx';
import { cx, useTexts } from './context.tsx';
import { Flash, type FlashMessage } from './feedback.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Kbd } from './layout.tsx';
import { ShortcutHelp, type Shortcut } from './shortcut-help.tsx';

export interface NavItem {
  id: string;
  href: string;
  label: string;
  icon: IconName;
  /** Number waiting, shown beside the word; 0 is not shown. */
  badge?: number;
  current?: boolean;
  /** Starts a new group in the rail, under this heading. */
  group?: string;
}

export interface AppShellProps {
  product: string;
  /** Address of the emblem from the settings; a plain mark otherwise. */
  logo?: string;
  /** `photo` is the address of the photograph; the initials stand for whoever has none. */
  user: { name: string; roleLabel: string; initials: string; photo?: string | null } | null;
  nav: readonly NavItem[];
  /**
   * `source` is a JSON address `[{href,title,subtitle}]` for the palette (Ctrl+K), queried with `?q=`; `fragment` is the
   * id of the part of the page that follows as one types.
   */
  search?: {
    action: string;
    name: string;
    value?: string;
    placeholder: string;
    source?: string;
    fragment?: string;
  };
  flash?: FlashMessage | null;
  /** A lasting notice above everything (licence, maintenance). */
  banner?: ComponentChildren;
  csrfToken: string;
  logoutHref: string;
  profileHref: string;
  /** Icons of the top bar before the account: notifications. */
  tools?: ComponentChildren;
  /** Keys of the program, shown by `?` and active everywhere. */
  shortcuts?: readonly Shortcut[];
  /** Takes the whole width, for the list and the letter. */
  wide?: boolean;
  children: ComponentChildren;
}

/** Items that the bottom bar of a phone shows before « Plus ». */
const ON_PHONE = 4;

function NavLink({ item, class: cls }: { item: NavItem; class?: string }) {
  return (
    <a href={item.href} class={cx('rail-link', cls)} aria-current={item.current ? 'page' : undefined}>
      <Icon name={item.icon} size={20} />
      <span class="rail-word">{item.label}</span>
      {item.badge ? <span class="rail-badge">{item.badge > 99 ? '99+' : item.badge}</span> : null}
    </a>
  );
}

function Rail({ nav, product, logo }: Pick<AppShellProps, 'nav' | 'product' | 'logo'>) {
  const texts = useTexts();
  const rest = nav.slice(ON_PHONE);
  return (
    <nav class="rail" aria-label={texts.mainNav}>
      <a class="brand" href={nav[0]?.href ?? '/'}>
        {logo ? (
          <img class="brand-mark" src={logo} alt="" width="32" height="32" />
        ) : (
          <span class="brand-mark">
            <Icon name="mail" size={20} />
          </span>
        )}
        <span class="brand-name">{product}</span>
      </a>
      <ul class="rail-list">
        {nav.map((item, i) => (
          <li key={item.id} class={i >= ON_PHONE ? 'not-phone' : undefined}>
            {item.group && <span class="rail-group">{item.group}</span>}
            <NavLink item={item} />
          </li>
        ))}
        {rest.length > 0 && (
          <li class="only-phone">
            <details data-menu class="rail-more">
              <summary class={cx('rail-link', rest.some((item) => item.current) && 'is-current')}>
                <Icon name="more" size={20} />
                <span class="rail-word">{texts.more}</span>
              </summary>
              <ul class="menu menu-up">
                {rest.map((item) => (
                  <li key={item.id}>
                    {item.group && <span class="menu-group">{item.group}</span>}
                    <NavLink item={item} class="menu-item" />
                  </li>
                ))}
              </ul>
            </details>
          </li>
        )}
      </ul>
    </nav>
  );
}

function SearchBox({ search }: { search: NonNullable<AppShellProps['search']> }) {
  const texts = useTexts();
  return (
    <form
      class="topsearch"
      role="search"
      action={search.action}
      method="get"
      data-island={search.fragment ? 'live-search' : undefined}
      data-fragment={search.fragment}
      data-palette-source={search.source}
    >
      <Icon name="search" />
      <input
        type="search"
        name={search.name}
        value={search.value}
        placeholder={search.placeholder}
        aria-label={texts.search}
        aria-keyshortcuts="/"
        autocomplete="off"
        spellcheck={false}
        data-search
      />
      <span class="topsearch-key js-only">
        <Kbd>/</Kbd>
      </span>
    </form>
  );
}

/** Choice of theme; it needs script, so it shows only where script runs (the system's choice is followed anyway). */
function ThemeSwitch() {
  const texts = useTexts();
  const choices = [
    ['auto', texts.themeAuto, 'contrast'],
    ['light', texts.themeLight, 'sun'],
    ['dark', texts.themeDark, 'moon'],
  ] as const;
  return (
    <div class="theme js-only" data-island="theme" role="group" aria-label={texts.theme}>
      {choices.map(([value, label, icon]) => (
        <button key={value} type="button" value={value} aria-pressed="false" title={label}>
          <Icon name={icon} />
          <span class="sr-only">{label}</span>
        </button>
      ))}
    </div>
  );
}

function UserMenu({
  user,
  csrfToken,
  logoutHref,
  profileHref,
}: Pick<AppShellProps, 'user' | 'csrfToken' | 'logoutHref' | 'profileHref'>) {
  const texts = useTexts();
  if (!user) return null;
  return (
    <details class="usermenu" data-menu>
      <summary>
        <span class="sr-only">{texts.account}</span>
        <Avatar name={user.name} initials={user.initials} src={user.photo} />
        <span class="usermenu-who">
          <strong>{user.name}</strong>
          <small>{user.roleLabel}</small>
        </span>
        <Icon name="chevron-down" size={16} />
      </summary>
      <div class="menu menu-end">
        <div class="menu-head">
          <strong>{user.name}</strong>
          <small>{user.roleLabel}</small>
        </div>
        <a class="menu-item" href={profileHref}>
          <Icon name="user" />
          <span>{texts.profile}</span>
        </a>
        <ThemeSwitch />
        <form method="post" action={logoutHref}>
          <input type="hidden" name="_csrf" value={csrfToken} />
          <button class="menu-item" type="submit">
            <Icon name="logout" />
            <span>{texts.logout}</span>
          </button>
        </form>
      </div>
    </details>
  );
}

/**
 * The frame of every signed-in page: rail (bottom bar on a phone), search field, account menu, flash and main
 * landmark. Everything in it works without script; the islands add the palette, the keys and the theme.
 */
export function AppShell(props: AppShellProps) {
  const { product, logo, nav, search, flash, banner, tools, shortcuts = [], wide, children } = props;
  const texts = useTexts();
  return (
    <div class="app">
      <a class="skip" href="#main">
        {texts.skip}
      </a>
      <Rail nav={nav} product={product} logo={logo} />
      <div class="work">
        {banner && (
          <div class="banner" role="status">
            {banner}
          </div>
        )}
        <header class="topbar">
          {search ? <SearchBox search={search} /> : <span />}
          <div class="topbar-end">
            {tools}
            <UserMenu {...props} />
          </div>
        </header>
        <main id="main" class={cx('main', wide && 'main-wide')} tabIndex={-1}>
          {flash && <Flash {...flash} />}
          {children}
        </main>
      </div>
      <ShortcutHelp shortcuts={shortcuts} />
      <div id="live" class="sr-only" role="status" aria-live="polite" />
    </div>
  );
}
