// storage.ts - localStorage of a browser, or sessionStorage of a tab.

export class MemoryStorage {
  #items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }

  /** What a duplicated tab begins with. */
  copy(): MemoryStorage {
    const copy = new MemoryStorage();
    copy.#items = new Map(this.#items);
    return copy;
  }
}
