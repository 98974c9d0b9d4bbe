import { readFileSync } from 'node:fs';
import type { Refusal } from '@scijob/core/adapter';
import { quoteForShell } from './quote-for-shell.ts';

/**
 * The values behind a job's secret references, as a file that a shell reads: one `export` a line.
 * A value is in nothing else: no argument file, record or message.
 */
export function resolveSecrets(
  secrets: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv,
): { readonly text: string } | { readonly refusal: Refusal } {
  let text = '';
  for (const [name, reference] of Object.entries(secrets)) {
    const value = readSecret(reference, environment);
    if (value === undefined) {
      return refuse(`The secret ${name} has no value: ${reference} ${missing(reference)}`);
    }
    if (value.includes('\0')) {
      return refuse(`The secret ${name} (${reference}) holds a NUL byte, which no environment variable can.`);
    }
    text += `export ${name}=${quoteForShell(value)}\n`;
  }
  return { text };
}

function readSecret(reference: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (reference.startsWith('env:')) return environment[reference.slice('env:'.length)];
  try {
    // As `$(cat file)` would: the line end an editor leaves is no part of a password.
    return readFileSync(reference.slice('file:'.length), 'utf8').replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

function missing(reference: string): string {
  return reference.startsWith('env:')
    ? 'is not set in the process that submits. Set it there, or name another variable.'
    : 'cannot be read by the process that submits. Check the path and its permissions.';
}

function refuse(message: string): { readonly refusal: Refusal } {
  return { refusal: { code: 'SECRET_MISSING', message, retryable: false } };
}
