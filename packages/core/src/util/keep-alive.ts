let holders = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const LONG_MS = 2 ** 31 - 1;

/** Keeps the process alive until the returned function is called. However many hold, there is one timer. */
export function keepAlive(): () => void {
  holders += 1;
  timer ??= setInterval(() => {}, LONG_MS);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
