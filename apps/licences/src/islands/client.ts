import { registerIsland, start } from '@gec/ui/islands';
import { progress } from './progress.ts';

registerIsland('progress', progress);
start();
