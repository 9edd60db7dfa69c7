// wait.ts - waiting with a name and an end: every wait says what it waited for.

/** How long anything may take. Sanitizers make the server several times slower. */
export const PATIENCE_MS = Number(process.env['KP_PATIENCE_MS'] ?? 15_000);

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until the probe gives something truthy, and returns that. A probe that takes long, a query by psql for example,
 * is repeated less often: whoever waits leaves the processor to what he waits for. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  patienceMs: number = PATIENCE_MS,
): Promise<NonNullable<T>> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const before = Date.now();
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`gave up after ${patienceMs} ms waiting for ${what}`);
    await sleep(Math.min(Math.max(15, 2 * (Date.now() - before)), 200));
  }
}
