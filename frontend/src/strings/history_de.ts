import type { HistoryText } from "./history_en";

export const history: HistoryText = {
  list: "Wann der Text geändert wurde",
  loading: "Wird geladen…",
  empty: "Noch ist nichts aufgehoben. Was getippt wird, steht wenig später hier.",
  older: "Älteres",
  somebody: "Jemand",
  now: "Zurück zum Text von jetzt",
  problems: {
    off: "Von diesem Pad wird kein Verlauf aufgehoben.",
    unreachable: "Es gibt keine Verbindung. Die Liste kommt, sobald es eine gibt.",
    view_only: "Den Verlauf sieht, wer in diesem Pad schreiben darf.",
    by_link: "Dieser Link zeigt keinen Verlauf. Wer ihn Ihnen gegeben hat, kann einen machen, der ihn zeigt.",
  },
  otherProblem: "Der Verlauf ließ sich nicht laden. Versuchen Sie es später noch einmal.",
  again: "Noch einmal versuchen",
  inserted: (n) => `+${n.toLocaleString("de")}`,
  deleted: (n) => `−${n.toLocaleString("de")}`,
  spoken: (time, who, inserted, deleted) =>
    `${time}, ${who}, ${[
      inserted > 0 || deleted === 0 ? `${inserted.toLocaleString("de")} Zeichen hinzugefügt` : "",
      deleted > 0 ? `${deleted.toLocaleString("de")} Zeichen entfernt` : "",
    ]
      .filter(Boolean)
      .join(", ")}`,

  view: "Früherer Text",
  textOf: (time) => `Text von ${time}`,
  place: "Zeitpunkt",
  placeHint: "Mit den Pfeiltasten von einem zum nächsten, mit Umschalt eine Änderung weiter",
  since: (n) => (n === 1 ? "1 Änderung seither" : `${n.toLocaleString("de")} Änderungen seither`),
  bringBack: "Zurückholen",
  copy: "Kopieren",
  download: "Herunterladen",
  close: "Schließen",
  textProblems: {
    gone: "Dieser Text ist nicht mehr aufgehoben: Von dem, was lange her ist, sind es nur einige. Wählen Sie einen anderen Zeitpunkt.",
    unreachable: "Es gibt keine Verbindung. Wählen Sie den Zeitpunkt noch einmal, wenn es eine gibt.",
    view_only: "Den Verlauf sieht, wer in diesem Pad schreiben darf.",
  },
  otherTextProblem: "Dieser Text ließ sich nicht laden. Versuchen Sie es später noch einmal.",
  nearest: "Den nächstgelegenen Text zeigen",
  isBack: (time) => `Der Text von ${time} ist wieder da`,
  isSame: "Das ist der Text, wie er jetzt ist.",
  notNow: "Der Text lässt sich jetzt nicht ändern.",
  undo: "Rückgängig",

  copyLink: "Link zu diesem Zeitpunkt kopieren",
  newPad: "Ein neues Pad daraus machen",
  makingPad: "Wird gemacht…",
  newPadFailed: "Das neue Pad ließ sich nicht machen. Versuchen Sie es noch einmal, wenn es eine Verbindung gibt.",

  compare: "Mit jetzt vergleichen",
  nowText: "Text von jetzt",
  differences: (n) => (n === 0 ? "Keine Unterschiede" : n === 1 ? "1 Unterschied" : `${n.toLocaleString("de")} Unterschiede`),
  nextDifference: "Nächster Unterschied",
  previousDifference: "Voriger Unterschied",
  tooLarge: "Diese Texte sind zu groß, um sie hier zu vergleichen.",

  play: "Abspielen",
  pause: "Anhalten",
  speed: "Tempo",
  times: (n) => `${n}×`,
  waiting: "Warten auf den Server…",

  keeping: {
    heading: (days, isKept) =>
      !isKept ? "Nichts wird aufgehoben" : days === null ? "Was aufgehoben wird" : days === 0 ? "So lange aufgehoben wie das Pad" : days === 1 ? "Einen Tag lang aufgehoben" : `${days} Tage lang aufgehoben`,
    what: "Alles, was hier getippt wird, mit Zeit und Namen, auch was wieder gelöscht wurde. Wer in diesem Pad schreiben darf, kann es sehen.",
    purge: "Verlauf löschen…",
    purgeSure: (title) =>
      `Den Verlauf von „${title}“ für alle löschen? Der Text bleibt, wie er ist, aber niemand kann einen früheren zurückholen.`,
    purgeYes: "Für alle löschen",
    off: "Keinen Verlauf dieses Pads aufheben…",
    offSure: (title) =>
      `Von jetzt an keinen Verlauf von „${title}“ aufheben und den bisherigen löschen, für alle? Der Text bleibt, aber niemand kann einen früheren zurückholen.`,
    offYes: "Löschen und keinen aufheben",
    no: "Behalten",
    on: "Von jetzt an einen Verlauf aufheben",
    purged: "Der Verlauf ist gelöscht",
    isOff: "Von diesem Pad wird kein Verlauf mehr aufgehoben",
    isOn: "Der Verlauf wird von jetzt an aufgehoben",
    failures: {
      unreachable: "Es gibt keine Verbindung. Es hat sich nichts geändert.",
      owner_only: "Das kann nur, wem dieses Pad gehört.",
      view_only: "Sie dürfen dieses Pad nur lesen.",
    },
    otherFailure: "Das ging nicht. Versuchen Sie es später noch einmal.",
  },

  authors: {
    label: "Wer das geschrieben hat",
    loading: "Wird geladen…",
    list: "Wer diesen Text geschrieben hat",
    you: "Sie",
    unknown: "Niemand weiß, wer",
    hint: "Wer auf den Text zeigt, sieht den Namen.",
    problems: {
      gone: "Niemand weiß es: Von diesem Pad wird kein Verlauf aufgehoben.",
      not_found: "Noch gibt es keinen Text.",
      view_only: "Wer was geschrieben hat, sieht, wer in diesem Pad schreiben darf.",
      unreachable: "Es gibt keine Verbindung. Versuchen Sie es noch einmal, wenn es eine gibt.",
    },
    otherProblem: "Das ließ sich nicht laden. Versuchen Sie es später noch einmal.",
  },
};
