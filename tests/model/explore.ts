// explore.ts - every state that can be reached, breadth first, so that the first
// violation found is a shortest one.

/** One thing that may happen next, and the state that follows. */
export type Step<State> = { what: string; next: State };

export type System<State> = {
  start: State;
  steps(state: State): Step<State>[];
  /** Why the state must not be; undefined: it may. */
  violation(state: State): string | undefined;
};

export type Result = {
  states: number;
  /** False when the limit ended the search. */
  isComplete: boolean;
  violation?: { what: string; steps: string[] };
};

export function explore<State>(system: System<State>, limit = Infinity): Result {
  const first = JSON.stringify(system.start);
  /** How each state was reached: the state before it, and what happened. */
  const reachedBy = new Map<string, [from: string, what: string] | undefined>([[first, undefined]]);
  let frontier = [first];
  while (frontier.length > 0) {
    const following: string[] = [];
    for (const from of frontier) {
      for (const { what, next } of system.steps(JSON.parse(from) as State)) {
        const key = JSON.stringify(next);
        if (reachedBy.has(key)) continue;
        reachedBy.set(key, [from, what]);
        const why = system.violation(next);
        if (why !== undefined) {
          return { states: reachedBy.size, isComplete: false, violation: { what: why, steps: stepsTo(key, reachedBy) } };
        }
        following.push(key);
      }
      if (reachedBy.size > limit) return { states: reachedBy.size, isComplete: false };
    }
    frontier = following;
  }
  return { states: reachedBy.size, isComplete: true };
}

function stepsTo(state: string, reachedBy: ReadonlyMap<string, [string, string] | undefined>): string[] {
  const steps: string[] = [];
  for (let by = reachedBy.get(state); by !== undefined; by = reachedBy.get(by[0])) steps.push(by[1]);
  return steps.reverse();
}
