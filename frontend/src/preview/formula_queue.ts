/** Formulas that wait for their code, or for their turn: thousands may come at once. */

type Formulas = typeof import("./formulas");
type Put = (formula: Element) => void;

/** Works for so long at a time, and then gives a key its turn. */
const SLICE_MS = 8;
/** So many are remembered as they are, so that they stay while their paragraph is typed in. */
const MOST_KNOWN = 500;

export class FormulaQueue {
  #waiting: { source: string; isBlock: boolean; put: Put }[] = [];
  readonly #known = new Map<string, Element>();
  #formulas: Formulas | null = null;
  #isWorking = false;

  /** `load` resolves to null when the code could not be loaded; then it is asked again with the next formula. */
  constructor(private readonly load: () => Promise<Formulas | null>) {}

  /** Gives `put` the formula as an element, now or later; or never, where it is none. */
  readonly show = (source: string, isBlock: boolean, put: Put): void => {
    const known = this.#known.get(keyOf(source, isBlock));
    if (known) return put(known.cloneNode(true) as Element);
    this.#waiting.push({ source, isBlock, put });
    if (this.#isWorking) return;
    this.#isWorking = true;
    void this.#start();
  };

  /** True while formulas wait. */
  get isWorking(): boolean {
    return this.#isWorking;
  }

  async #start(): Promise<void> {
    this.#formulas ??= await this.load();
    if (!this.#formulas) this.#waiting = [];
    this.#work();
  }

  #work(): void {
    const startMs = performance.now();
    let done = 0;
    while (done < this.#waiting.length && performance.now() - startMs < SLICE_MS) this.#make(this.#waiting[done++]!);
    this.#waiting.splice(0, done);
    this.#isWorking = this.#waiting.length > 0;
    if (this.#isWorking) setTimeout(() => this.#work(), SLICE_MS);
  }

  #make({ source, isBlock, put }: { source: string; isBlock: boolean; put: Put }): void {
    const formula = this.#formulas!.formulaOf(source, isBlock);
    if (!formula) return;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(keyOf(source, isBlock), formula);
    put(formula.cloneNode(true) as Element);
  }
}

function keyOf(source: string, isBlock: boolean): string {
  return `${isBlock}${source}`;
}
