/** Kinds of characters that are asked for at each key: looked up, which takes a tenth of the time of a regular expression. */

const [UNKNOWN, NO, YES] = [0, 1, 2];
const CODE_POINTS = 0x110000;

/** The code points that a regular expression for one character, with the flag "u", is true of; each is tried once. */
export class CharacterKind {
  #known: Uint8Array | null = null;

  constructor(private readonly is: RegExp) {}

  has(point: number): boolean {
    this.#known ??= new Uint8Array(CODE_POINTS);
    if (this.#known[point] === UNKNOWN) this.#known[point] = this.is.test(String.fromCodePoint(point)) ? YES : NO;
    return this.#known[point] === YES;
  }
}
