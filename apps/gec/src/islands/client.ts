import { start } from '@gec/ui/islands';

// What only some pages need is loaded when such a page is open.
start();
