import type { OfflineText } from "./offline_en";

export const offline: OfflineText = {
  heading: "Keine Verbindung",
  explain: (when) =>
    `Dies ist der Text von ${when}. Was Sie schreiben, wird hier aufbewahrt und gesendet, sobald die Verbindung wieder da ist.`,
};
