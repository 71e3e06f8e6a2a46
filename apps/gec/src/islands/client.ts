import { lazyIsland, start } from '@gec/ui/islands';

// What only some pages need is loaded when such a page is open.
lazyIsland('exports', () => import('./exports.ts'));
lazyIsland('registration', () => import('./registration.ts'));
lazyIsland('upload', () => import('./upload.ts'));
lazyIsland('viewer', () => import('./viewer.ts'));
start();
