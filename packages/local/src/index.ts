export { ArtifactChangedError } from './artifact-changed-error.ts';
export { DirectoryUnusableError } from './directory-unusable-error.ts';
export { createLocal } from './local-adapter.ts';
export type { LocalNative, LocalOptions } from './local-options.ts';
export { NotThisJobError } from './not-this-job-error.ts';
