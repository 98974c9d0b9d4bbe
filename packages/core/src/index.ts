export { ScijobError } from './errors/scijob-error.ts';
export { file, files, json } from './job/output.ts';
