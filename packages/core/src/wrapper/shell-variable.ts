const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Variables some shell computes, forbids to set, or acts upon, and the wrapper's own. */
const SPECIAL =
  /^(?:_|IFS|ENV|PPID|PWD|OLDPWD|OPT(?:IND|ARG|ERR)|LINENO|S?RANDOM|SECONDS|EPOCH\w*|E?[UG]ID|USERNAME|HIST\w*|DIRSTACK|GROUPS|FUNC\w*|PIPESTATUS|SHELLOPTS|POSIXLY_CORRECT|TMOUT|BASH\w*|COMP_?\w*|KSH\w*|sj_\w*)$/;

/** `export` can set it in every shell without a side effect; anything else is set by `env`. */
export function isExportable(name: string): boolean {
  return IDENTIFIER.test(name) && !SPECIAL.test(name);
}

/** Setting one makes bash load a locale, and write to stderr when that is not installed. */
export function isLocaleVariable(name: string): boolean {
  return name === 'LANG' || name.startsWith('LC_');
}

/** Throws `TypeError` for what cannot be the name of an environment variable on any system. */
export function requireVariableName(name: string): string {
  if (name === '' || name.includes('=')) {
    throw new TypeError(`${JSON.stringify(name)} cannot name an environment variable: it is empty or holds '='.`);
  }
  return name;
}
