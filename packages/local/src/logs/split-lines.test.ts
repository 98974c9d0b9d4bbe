import { expect, it } from 'vitest';
import { MAX_LINE_BYTES, splitLines } from './split-lines.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (piece: Uint8Array, isWhole = false) => splitLines(piece, isWhole).map((line) => line.text);

it('gives whole lines and keeps an unfinished one back until nothing more can come', () => {
  expect(texts(bytes('one\ntwo\nthr'))).toEqual(['one', 'two']);
  expect(texts(bytes('one\ntwo\nthr'), true)).toEqual(['one', 'two', 'thr']);
  expect(texts(bytes('one\n'), true)).toEqual(['one']);
  expect(texts(bytes('\n\n'), true)).toEqual(['', '']);
});

it('says after how many bytes each line ends, so that reading goes on exactly there', () => {
  expect(splitLines(bytes('é\nb'), true).map((line) => line.endBytes)).toEqual([3, 4]);
});

it('takes \\r\\n as one line end and leaves a lone \\r in the text', () => {
  expect(texts(bytes('a\r\n10 %\r20 %\n'))).toEqual(['a', '10 %\r20 %']);
});

it('shows bytes that are no UTF-8 as U+FFFD and nothing else changed', () => {
  expect(texts(new Uint8Array([0x61, 0xff, 0xfe, 0x62, 10]))).toEqual(['a\ufffd\ufffdb']);
});

it('cuts an endless line into pieces that say so, never within a character', () => {
  const line = `${'x'.repeat(MAX_LINE_BYTES - 1)}é${'y'.repeat(10)}\n`;
  const pieces = splitLines(bytes(line), false);
  expect(pieces.map((piece) => piece.text)).toEqual([
    `${'x'.repeat(MAX_LINE_BYTES - 1)} [line continues]`,
    `é${'y'.repeat(10)}`,
  ]);
});
