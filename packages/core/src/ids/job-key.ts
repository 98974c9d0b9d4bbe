import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const TIME_LETTERS = 10;
const RANDOM_LETTERS = 16;

/** A new key: ten letters of time, sixteen random ones (as ULID, in lower case), so that keys sort by the time they were made. */
export function createJobKey(at: Date): string {
  const letters = Buffer.allocUnsafe(TIME_LETTERS + RANDOM_LETTERS);
  let rest = at.getTime();
  for (let place = TIME_LETTERS - 1; place >= 0; place -= 1) {
    letters[place] = ALPHABET.charCodeAt(rest % 32);
    rest = Math.floor(rest / 32);
  }
  for (let place = TIME_LETTERS; place < letters.length; place += 1)
    letters[place] = ALPHABET.charCodeAt(randomByte() % 32);
  return letters.toString('latin1');
}

const POOL_BYTES = 4_096;
let pool = new Uint8Array(0);
let used = 0;

/** Asking the system for each key by itself would cost as much as all the rest of a submit. */
function randomByte(): number {
  if (used === pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  const byte = pool[used] ?? 0;
  used += 1;
  return byte;
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
