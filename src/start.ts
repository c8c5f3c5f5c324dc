import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What Node compiled stays for the next start, unless nothing may be written here.
enableCompileCache(join(import.meta.dirname, '.compiled'));
await import('./main.js');
