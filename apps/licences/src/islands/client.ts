import { start } from '@gec/ui/islands';

start();
