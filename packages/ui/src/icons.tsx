const tray = 'M3 11.5V15a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 17 15v-3.5h-3.75L12 13.5H8l-1.25-2H3';
const lens = '<circle cx="8.75" cy="8.75" r="5.25"/><path d="m12.75 12.75 4 4"/>';
const ring = '<circle cx="10" cy="10" r="7"/>';
const path = (d: string) => `<path d="${d}"/>`;

/** The outline set: one stroke, round ends, drawn on a 20-unit grid. The values are constant markup, never input. */
const DRAWINGS = {
  home: path('M3 9.2 10 3.5l7 5.7M5 8v8.5h3.75v-5h2.5v5H15V8'),
  'inbox-in': path(`${tray}M10 3v6.5M7.25 7 10 9.75 12.75 7`),
  outbox: path(`${tray}M10 9.75v-6.5M7.25 6 10 3.25 12.75 6`),
  tray: path(
    'M3 11.5 5.2 4.9A1.3 1.3 0 0 1 6.4 4h7.2a1.3 1.3 0 0 1 1.2.9L17 11.5V15a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15v-3.5ZM3 11.5h3.75l1.25 2h4l1.25-2H17',
  ),
  search: lens,
  chart: path('M3.5 3.5v13h13M7 13.5v-3M10.5 13.5V7M14 13.5V9'),
  settings:
    '<circle cx="12.5" cy="6" r="2"/><circle cx="7.5" cy="14" r="2"/>' +
    path('M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7'),
  users:
    '<circle cx="7.5" cy="7" r="2.75"/>' +
    path(
      'M2.5 16.5c0-2.9 2.2-4.75 5-4.75s5 1.85 5 4.75M12.75 4.4a2.75 2.75 0 0 1 0 5.2M14.25 12c2 .6 3.25 2.2 3.25 4.5',
    ),
  user:
    '<circle cx="10" cy="6.75" r="3.25"/>' + path('M3.75 17c0-3.3 2.8-5.25 6.25-5.25S16.25 13.7 16.25 17'),
  building: path(
    'M4.5 17V4.25a.75.75 0 0 1 .75-.75h6a.75.75 0 0 1 .75.75V17M12 8h2.75a.75.75 0 0 1 .75.75V17M2.5 17h15M7 6.75h2.5M7 9.75h2.5M7 12.75h2.5',
  ),
  journal: path(
    'M5.5 3h9a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-9A1.5 1.5 0 0 1 4 15.5v-11A1.5 1.5 0 0 1 5.5 3ZM7.25 3v14M10 7h3M10 10h3',
  ),
  plus: path('M10 4v12M4 10h12'),
  file: path('M5.5 2.75h6L15.5 7v9.25a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V3.75a1 1 0 0 1 1-1ZM11.25 3v4.25h4'),
  folder: path(
    'M3 15V5.5A1.5 1.5 0 0 1 4.5 4h3l2 2.25h6A1.5 1.5 0 0 1 17 7.75V15a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15Z',
  ),
  image:
    '<rect x="3" y="4" width="14" height="12" rx="1.5"/><circle cx="7" cy="8" r="1.25"/>' +
    path('m3.5 14.5 4-3.5 3 2.5 3-3.5 3.5 3.5'),
  paperclip: path(
    'm15.5 9.25-5.6 5.6a3.5 3.5 0 0 1-4.95-4.95l6-6a2.35 2.35 0 0 1 3.3 3.3l-6 6a1.15 1.15 0 0 1-1.65-1.6l5.3-5.3',
  ),
  mail: '<rect x="2.75" y="4.5" width="14.5" height="11" rx="1.5"/>' + path('m3.25 5.75 6.75 5 6.75-5'),
  download: path('M10 3v9.5M6 8.75l4 4 4-4M3.5 16.5h13'),
  upload: path('M10 13V3.5M6 7.25l4-4 4 4M3.5 16.5h13'),
  print: path(
    'M6 7V3h8v4M6 14H4.5A1.5 1.5 0 0 1 3 12.5v-4A1.5 1.5 0 0 1 4.5 7h11A1.5 1.5 0 0 1 17 8.5v4a1.5 1.5 0 0 1-1.5 1.5H14M6 11.5h8V17H6z',
  ),
  edit: path('m11.75 5.25 3 3M3.5 16.5l.75-3.75 9-9a1.4 1.4 0 0 1 2 0l1 1a1.4 1.4 0 0 1 0 2l-9 9-3.75.75Z'),
  trash: path(
    'M3.5 5.5h13M8 5.5V3.75A.75.75 0 0 1 8.75 3h2.5a.75.75 0 0 1 .75.75V5.5M5 5.5l.7 10.6a1 1 0 0 0 1 .9h6.6a1 1 0 0 0 1-.9L15 5.5M8.25 9v4.5M11.75 9v4.5',
  ),
  restore: path('M4 4v4h4M4.4 8a6.25 6.25 0 1 1-.6 3.5M10 7v3.25l2.25 1.5'),
  refresh: path('M16 4v4h-4M4 16v-4h4M15.6 8a6.2 6.2 0 0 0-11-.8M4.4 12a6.2 6.2 0 0 0 11 .8'),
  send: path('M17 3 2.75 8.5l5.75 3 3 5.75L17 3ZM8.5 11.5 17 3'),
  check: path('m4 10.5 4 4 8-9'),
  x: path('m5 5 10 10M15 5 5 15'),
  'chevron-up': path('m5 12.5 5-5 5 5'),
  'chevron-down': path('m5 7.5 5 5 5-5'),
  'chevron-left': path('m12.5 5-5 5 5 5'),
  'chevron-right': path('m7.5 5 5 5-5 5'),
  clock: ring + path('M10 6v4.25l2.75 1.75'),
  calendar:
    '<rect x="3" y="4.25" width="14" height="12.5" rx="1.5"/>' + path('M3 8.25h14M6.75 2.5v3M13.25 2.5v3'),
  alert: path('m10 3.25 7.5 13.25h-15L10 3.25ZM10 8.25V12M10 14.2v.05'),
  info: ring + path('M10 9.25v4.5M10 6.4v.05'),
  help: ring + path('M7.9 7.9a2.15 2.15 0 1 1 3.2 1.9c-.7.4-1.1.8-1.1 1.6M10 13.8v.05'),
  bell: path('M5 13.5V9a5 5 0 0 1 10 0v4.5l1.25 1.5H3.75L5 13.5ZM8.5 17.25h3'),
  lock:
    '<rect x="4.25" y="9" width="11.5" height="8" rx="1.5"/>' + path('M6.75 9V6.25a3.25 3.25 0 0 1 6.5 0V9'),
  logout: path('M8 3.5H4.5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1H8M12.5 6.5 16 10l-3.5 3.5M16 10H7.5'),
  sun:
    '<circle cx="10" cy="10" r="3.25"/>' +
    path(
      'M10 2.5v1.75M10 15.75v1.75M2.5 10h1.75M15.75 10h1.75M4.7 4.7l1.25 1.25M14.05 14.05l1.25 1.25M4.7 15.3l1.25-1.25M14.05 5.95 15.3 4.7',
    ),
  moon: path('M16.75 11.75a7 7 0 1 1-8.5-8.5 5.5 5.5 0 0 0 8.5 8.5Z'),
  contrast: ring + '<path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor"/>',
  menu: path('M3.5 5.5h13M3.5 10h13M3.5 14.5h13'),
  filter: path('M3 5.5h14M5.75 10h8.5M8.5 14.5h3'),
  'sort-asc': path('M10 16V4.5M5.5 9 10 4.5 14.5 9'),
  'sort-desc': path('M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5'),
  eye:
    '<circle cx="10" cy="10" r="2.5"/>' + path('M2 10s2.75-5.5 8-5.5S18 10 18 10s-2.75 5.5-8 5.5S2 10 2 10Z'),
  'zoom-in': lens + path('M8.75 6.5V11M6.5 8.75H11'),
  'zoom-out': lens + path('M6.5 8.75H11'),
  link: path(
    'M8.5 11.5a3 3 0 0 0 4.25 0l3-3a3 3 0 0 0-4.25-4.25l-1 1M11.5 8.5a3 3 0 0 0-4.25 0l-3 3a3 3 0 0 0 4.25 4.25l1-1',
  ),
  qr:
    '<rect x="3" y="3" width="5.5" height="5.5" rx=".75"/><rect x="11.5" y="3" width="5.5" height="5.5" rx=".75"/><rect x="3" y="11.5" width="5.5" height="5.5" rx=".75"/>' +
    path('M11.5 11.5h2.25v2.25M17 11.5v2.25M11.5 17v-.75M14.5 17H17v-.75'),
  key: '<circle cx="6.75" cy="13.25" r="3.25"/>' + path('m9.25 10.75 7-7M13 7l2.5 2.5M15 5l1.75 1.75'),
  shield: path('M10 2.75 16 5v4.75c0 3.75-2.5 6.25-6 7.5-3.5-1.25-6-3.75-6-7.5V5l6-2.25ZM7.25 10l2 2 3.5-4'),
  database:
    '<ellipse cx="10" cy="5" rx="6" ry="2.25"/>' +
    path('M4 5v10c0 1.25 2.7 2.25 6 2.25s6-1 6-2.25V5M4 10c0 1.25 2.7 2.25 6 2.25s6-1 6-2.25'),
  camera:
    '<circle cx="10" cy="10.5" r="2.75"/>' +
    path(
      'M3 7.5A1.5 1.5 0 0 1 4.5 6h2L8 4h4l1.5 2h2A1.5 1.5 0 0 1 17 7.5V14a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14V7.5Z',
    ),
  more: '<g fill="currentColor"><circle cx="4.5" cy="10" r=".75"/><circle cx="10" cy="10" r=".75"/><circle cx="15.5" cy="10" r=".75"/></g>',
  star: path('m10 3 2.2 4.5 5 .7-3.6 3.5.85 4.95L10 14.3l-4.45 2.35.85-4.95L2.8 8.2l5-.7L10 3Z'),
  copy:
    '<rect x="7" y="7" width="10" height="10" rx="1.5"/>' +
    path('M13 7V4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13H7'),
} as const;

/** Name of a drawing of the outline set. */
export type IconName = keyof typeof DRAWINGS;

/** Every name of the set, for the gallery. */
export const ICON_NAMES = Object.keys(DRAWINGS) as IconName[];

export interface IconProps {
  name: IconName;
  /** Side in CSS pixels, 18 by default. */
  size?: number;
  /** Accessible name; without it the drawing is decoration beside a word and hidden from assistive technology. */
  label?: string;
  class?: string;
}

/** One drawing of the outline set, inlined so that it takes the colour of the text around it. */
export function Icon({ name, size = 18, label, class: cls }: IconProps) {
  return (
    <svg
      class={cls ? `icon ${cls}` : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : 'true'}
      focusable="false"
      dangerouslySetInnerHTML={{ __html: DRAWINGS[name] }}
    />
  );
}
