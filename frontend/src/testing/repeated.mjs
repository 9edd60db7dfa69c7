/** Long texts of few characters. Plain JavaScript, because the benches of the page read it without a build. */

/** @param {string} piece @param {number} units */
export function repeated(piece, units) {
  return piece.repeat(Math.ceil(units / piece.length)).slice(0, units);
}

/** Lines that are made one after the other until there are enough units.
 * @param {(i: number) => string} line @param {number} units */
export function lines(line, units) {
  const made = [];
  for (let i = 0, length = 0; length < units; i++) {
    const next = line(i);
    made.push(next);
    length += next.length + 1;
  }
  return made.join("\n").slice(0, units);
}
