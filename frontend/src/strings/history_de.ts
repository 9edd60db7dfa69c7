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
    by_link: "Wer über einen Link kommt, sieht hier keinen Verlauf.",
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
};
