import type { OwnerText } from "./owner_en";

export const owner: OwnerText = {
  heading: "Wem dieses Pad gehört",
  nobody: "Dieses Pad gehört niemandem. Alle, die darin schreiben dürfen, können ein Passwort setzen, Links machen und es löschen.",
  takeCharge: "Dieses Pad übernehmen",
  taken: "Dieses Pad gehört jetzt Ihnen.",
  takeChargeHint: "Sie öffnen es, wie auch immer sein Passwort lautet, und bringen in Ordnung, was andere damit tun. Alle hier erfahren es.",
  other: "Dieses Pad gehört jemandem. Nur wem es gehört, ändert sein Passwort in jedem Fall, zieht Links zurück und löscht es. Das sind nicht Sie: Soll es auch hier Ihnen gehören, öffnen Sie den Eigentumslink.",
  mine: "Dieses Pad gehört Ihnen: Sie öffnen es, wie auch immer sein Passwort lautet. Den Nachweis bewahrt dieser Browser auf.",
  offline: "Ohne Verbindung lässt sich davon nichts ändern.",

  link: "Eigentumslink",
  showLink: "Eigentumslink zeigen",
  linkHint: "Bewahren Sie ihn sicher auf: Wer ihn öffnet, dem gehört dieses Pad, auch in einem anderen Browser oder wenn dieser es vergessen hat. Geben Sie ihn niemandem.",
  copy: "Eigentumslink kopieren",
  hide: "Verbergen",

  pen: "Nur ich schreibe",
  penHint: "Alle anderen lesen weiter mit und behalten, was sie geschrieben haben.",
  manage: "Nur ich verwalte dieses Pad",
  manageHint: "Andere können weder ein Passwort setzen noch Links machen oder zurückziehen.",

  takeBack: "Zurücknehmen, was jemand getan hat",
  takeBackIt: "Zurücknehmen",
  takeBackOf: (name) => `Zurücknehmen, was ${name} getan hat`,
  takeBackHint: (since) => `Alles, was sie oder er seit ${since} mit dem Text getan hat. Was andere geschrieben haben, bleibt.`,
  tookBack: (name) => `Was ${name} getan hat, ist zurückgenommen.`,
  undo: "Rückgängig",
  notNow: "Ihre eigenen Änderungen sind noch nicht gesichert. Versuchen Sie es danach noch einmal.",
  notWhole: "Es ist nicht mehr genau bekannt, wer was getan hat. Darum wurde nichts geändert.",

  keep: "Ohne Benutzung aufbewahrt, in Tagen",
  keepHint: "Es wird gelöscht, wenn es so lange niemand geöffnet hat.",
  save: "Sichern",
  kept: (days) => (days === 1 ? "Dieses Pad wird ohne Benutzung einen Tag aufbewahrt." : `Dieses Pad wird ohne Benutzung ${days} Tage aufbewahrt.`),

  move: "Alle anderen hinaus",
  moveHint: "Der Text zieht an eine neue Adresse um, die nur Sie kennen, und hier endet alles: diese Adresse, ihr Passwort und ihre Links.",
  moveSure: (title) => `„${title}“ an eine neue Adresse umziehen? Alle anderen sind draußen, und diese Adresse endet für immer.`,
  moveYes: "Umziehen",

  remove: "Dieses Pad löschen",
  removeHint: "Sein Text, seine Geschichte, sein Passwort und seine Links sind für immer fort.",
  removeSure: (title, others) =>
    `„${title}“ für immer löschen? Niemand kann Text und Geschichte zurückholen${others === 0 ? "" : others === 1 ? ", und gerade ist noch jemand darin" : `, und gerade sind noch ${others} andere darin`}.`,
  removeYes: "Löschen",
  no: "Nein",

  failed: "Das ging nicht",
  codes: {
    unreachable: "der Server ist nicht zu erreichen",
    has_owner: "jemand anders war schneller und hat es jetzt",
    owner_only: "das darf nur, wem es gehört",
    view_only: "Sie dürfen dieses Pad jetzt nur lesen",
    bad_password: "das Passwort dieses Pads ist ein anderes geworden. Laden Sie die Seite neu",
    bad_keep_days: "so viele Tage bewahrt dieser Server Pads nicht auf",
    forbidden: "der Server kennt diese Verbindung nicht; verbinden Sie sich neu und versuchen Sie es noch einmal",
    storage_unavailable: "der Server erreicht seine Datenbank nicht",
    rate_limited: "zu viele Versuche, warten Sie etwas",
    gone: "dieses Pad wurde gelöscht",
    not_copied: "das neue Pad kam nicht zustande, darum ist alles, wie es war",
  },
  otherCode: (code) => `der Server antwortete „${code}“`,
};
