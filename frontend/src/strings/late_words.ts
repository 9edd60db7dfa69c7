/** Words that are loaded with the chunk that says them. */

/** `load` first, then `now`: a chunk is shown once both it and its words are there. */
export class LateWords<T> {
  now!: T;

  constructor(private readonly source: () => Promise<T>) {}

  /** Loads them in the reader's language; rejects when they cannot be had. */
  async load(): Promise<void> {
    this.now ??= await this.source();
  }
}
