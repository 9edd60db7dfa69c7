/** What these tests use of ot.js, which has no types of its own. */
declare module 'ot' {
  type Components = (number | string)[];

  class TextOperation {
    ops: Components;
    static fromJSON(components: Components): TextOperation;
    static transform(a: TextOperation, b: TextOperation): [TextOperation, TextOperation];
    compose(after: TextOperation): TextOperation;
    invert(text: string): TextOperation;
    apply(text: string): string;
  }

  const ot: { TextOperation: typeof TextOperation };
  export default ot;
}
