import { fileURLToPath } from 'node:url';

/** The root of the working tree, absolute, without a slash at its end. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
