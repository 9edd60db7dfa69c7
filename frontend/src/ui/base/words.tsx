/**
 * Words that change while they are shown.
 *
 * A browser that translates the page moves each text into elements of its own. A
 * text that is then changed in place is one that nobody sees any more, so the
 * page would say for ever what it said at that moment. Words that change stand
 * in an element that is exchanged with them, and in turn is translated. What must
 * not be translated, such as names, stands in elements with translate={false}.
 */
export function Words({ text }: { text: string }) {
  return <span key={text}>{text}</span>;
}
