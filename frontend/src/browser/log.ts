/** The browser's console, as loud as FRONTEND_LOG_LEVEL says. */

const LEVELS = ["debug", "info", "warn", "error", "none"] as const;
/** The levels that FRONTEND_LOG_LEVEL may have, the loudest first. */
export type LogLevel = (typeof LEVELS)[number];

let least = LEVELS.indexOf("error");

/** Sets the least level that is shown; one that does not exist changes nothing. "error" to begin with. */
export function setLogLevel(level: string): void {
  const index = LEVELS.indexOf(level as LogLevel);
  if (index >= 0) least = index;
}

function logger(level: "debug" | "info" | "warn" | "error") {
  const rank = LEVELS.indexOf(level);
  return (...what: unknown[]) => {
    if (rank >= least) console[level]("[kolabpad]", ...what);
  };
}

/** Writes to the console what is at least of the level that was set. */
export const log = {
  debug: logger("debug"),
  info: logger("info"),
  warn: logger("warn"),
  error: logger("error"),
};
