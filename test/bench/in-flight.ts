/** Does `work` for 0 … count - 1, at most `limit` at a time. */
export async function inFlight(count: number, limit: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
}
