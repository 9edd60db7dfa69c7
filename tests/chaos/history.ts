// history.ts - what happened in a run, to be read when it went wrong.

export class History {
  private readonly lines: string[] = [];
  private readonly began = performance.now();

  note(who: string, what: string): void {
    const ms = Math.round(performance.now() - this.began);
    this.lines.push(`${String(ms).padStart(6)}  ${who.padEnd(8)}${what}`);
  }

  /** The last `most` lines. */
  text(most = 400): string {
    const left = this.lines.length - most;
    return (left > 0 ? `… ${left} lines before\n` : '') + this.lines.slice(-most).join('\n');
  }
}
