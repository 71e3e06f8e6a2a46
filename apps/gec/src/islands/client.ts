import { lazyIsland, start } from '@gec/ui/islands';

// What only some pages need is loaded when such a page is open.
lazyIsland('bell', () => import('./bell.ts'));
lazyIsland('cle', () => import('./cle.ts'));
lazyIsland('day-to-come', () => import('./day-to-come.ts'));
lazyIsland('exports', () => import('./exports.ts'));
lazyIsland('people', async () => ({ default: (await import('./letter.ts')).people }));
lazyIsland('print', async () => ({ default: (await import('./letter.ts')).print }));
lazyIsland('reorder', () => import('./reorder.ts'));
lazyIsland('registration', () => import('./registration.ts'));
lazyIsland('sauvegarde', () => import('./sauvegarde.ts'));
lazyIsland('settings-preview', () => import('./settings-preview.ts'));
lazyIsland('verification', () => import('./verification.ts'));
lazyIsland('upload', () => import('./upload.ts'));
lazyIsland('viewer', () => import('./viewer.ts'));
start();

// On a low screen the rail scrolls in itself: the place where one is stays in sight.
document.querySelector('.rail [aria-current]')?.scrollIntoView({ block: 'nearest' });
