let holders = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const LONG_MS = 2 ** 31 - 1;

/** Keeps the process alive until the returned function is called. However many hold, there is one timer. */
export function keepAlive(): () => void {
  holdProcess();
  let held = true;
  return () => {
    if (held) releaseProcess();
    held = false;
  };
}

/** The same without a function to keep, for 100,000 at once. Each needs its `releaseProcess`. */
export function holdProcess(): void {
  holders += 1;
  timer ??= setInterval(() => {}, LONG_MS);
}

export function releaseProcess(): void {
  holders -= 1;
  if (holders > 0) return;
  clearInterval(timer);
  timer = undefined;
}
