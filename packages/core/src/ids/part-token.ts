import { hash } from 'node:crypto';

/**
 * 32 lower-case letters and digits (160 bits, base 32) that stand for one part of one submission of one key in one ledger,
 * in names, comments, tags and request ids of every backend.
 */
export function partToken(ledgerId: string, key: string, submission: number, part: number): string {
  const bytes = hash('sha256', `${ledgerId}\0${key}\0${submission}\0${part}`, 'buffer');
  let token = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes.subarray(0, 20)) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      token += ALPHABET.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return token;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
