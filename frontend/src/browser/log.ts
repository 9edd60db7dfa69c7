/** The browser's console, as loud as FRONTEND_LOG_LEVEL says. */

const LEVELS = ["debug", "info", "warn", "error", "none"] as const;
export type LogLevel = (typeof LEVELS)[number];

let least = LEVELS.indexOf("error");

/** A level that does not exist changes nothing. */
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

export const log = {
  debug: logger("debug"),
  info: logger("info"),
  warn: logger("warn"),
  error: logger("error"),
};
