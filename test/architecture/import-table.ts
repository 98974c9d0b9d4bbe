/**
 * Who may depend on whom, by package name; `turbo.json` says the same in tags, and a test compares the two.
 * Examples, tests and benchmarks may use every package of this table, by its public entries.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  '@scijob/core': [],
  '@scijob/local': ['@scijob/core'],
  '@scijob/testing': ['@scijob/core'],
};

/** Only ever a development dependency, and never of core, which they need themselves. */
export const ONLY_FOR_TESTS: readonly string[] = ['@scijob/testing', '@scijob/emulator'];

/** Libraries core must not need: each belongs to an adapter. */
export const NOT_FOR_CORE = /^(@aws-sdk|@aws-crypto|@smithy|aws-sdk|ssh2?|node-ssh|ssh2-sftp-client)(\/|$|-)/;
