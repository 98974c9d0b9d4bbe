/** The only variables of the submitting process that a task sees. */
const BASE_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
] as const;

/** What a program needs to find others, its user and its language; nothing else of the client's environment. */
export function toBaseEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const base: Record<string, string> = {};
  for (const name of BASE_VARIABLES) {
    const value = environment[name];
    if (value !== undefined) base[name] = value;
  }
  return base;
}
