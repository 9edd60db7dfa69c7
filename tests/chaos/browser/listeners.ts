// listeners.ts - addEventListener and nothing else of an EventTarget: enough for
// the objects that the client gets from a browser, and quick.

export type Listener = (event: never) => unknown;

export class Listeners {
  readonly #byType = new Map<string, Set<Listener>>();

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#byType.get(type)?.delete(listener);
  }

  /** Calls the listeners of that type, in the order in which they came. */
  tell(type: string, event: object = {}): void {
    for (const listener of [...(this.#byType.get(type) ?? [])]) listener(event as never);
  }
}
