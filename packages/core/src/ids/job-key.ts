import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new key: ten letters of time, sixteen random ones (as ULID, in lower case), so that keys sort by the time they were made. */
export function createJobKey(at: Date): string {
  let time = '';
  let rest = at.getTime();
  for (let digit = 0; digit < 10; digit += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let random = '';
  for (const byte of randomBytes(16)) random += ALPHABET.charAt(byte % 32);
  return time + random;
}

/** Checks a key a user chose: 1 to 200 printable characters. */
export function requireJobKey(key: unknown): string {
  if (
    typeof key !== 'string' ||
    key.length === 0 ||
    key.length > 200 ||
    !/^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+$/u.test(key)
  ) {
    throw new TypeError(`A key is 1 to 200 printable characters, got ${JSON.stringify(key)?.slice(0, 220)}.`);
  }
  return key;
}
