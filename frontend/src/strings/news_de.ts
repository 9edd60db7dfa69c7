import type { NewsText } from "./news_en";

export const news: NewsText = {
  language: (language, by) =>
    by ? `${by} hat die Sprache auf ${language} gestellt` : `Die Sprache ist jetzt ${language}`,
  languageMine: (language) => `Sprache: ${language}`,
  protected: (by) => (by ? `${by} hat dieses Pad mit einem Passwort geschützt` : "Dieses Pad ist jetzt geschützt"),
  protectedMine: "Geschützt. Der Link enthält jetzt das Passwort.",
  unprotected: (by) => (by ? `${by} hat das Passwort entfernt` : "Das Passwort wurde entfernt"),
  unprotectedMine: "Passwort entfernt",
  joined: (names, n) => `${names} ${n === 1 ? "ist" : "sind"} gekommen`,
  left: (names, n) => `${names} ${n === 1 ? "ist" : "sind"} gegangen`,
  people: (n) => `${n} Personen`,
  recoloured: "Jemand hier hat Ihre Farbe. Sie haben vorerst eine andere.",
};
