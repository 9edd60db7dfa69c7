import type { TroubleText } from "./trouble_en";

export const trouble: TroubleText = {
  refusal: {
    heading: "Der Server hat Ihre letzte Änderung nicht angenommen",
    headingOfReader: "Ihre letzten Worte wurden nicht angenommen",
    why: {
      document_too_large: (limit) =>
        `Das Pad würde größer als die ${limit}, die dieser Server erlaubt. Kürzen Sie den Text, dann wird sie von selbst gesendet.`,
      message_too_large: () =>
        "Es war zu viel auf einmal. Kopieren Sie Ihren Text, machen Sie die Änderung rückgängig und nehmen Sie sie in kleineren Teilen vor.",
      rate_limited: () => "Zu viele Änderungen auf einmal. Sie wird gleich noch einmal gesendet.",
      storage_unavailable: () => "Der Server erreicht seine Datenbank nicht. Sie wird gleich noch einmal gesendet.",
      no_memory: () => "Dem Server fehlt der Speicher dafür. Sie wird gleich noch einmal gesendet.",
      bad_text: () => "Sie enthält etwas, das für den Server kein Text ist.",
      bad_message: () => "Der Server hat sie nicht verstanden. Kopieren Sie Ihren Text, und laden Sie die Seite neu.",
      view_only: () => "Dieses Pad kann jetzt nur gelesen werden, jedenfalls von Ihnen. Sie wird von selbst gesendet, sobald Sie wieder schreiben dürfen.",
    },
    otherwise: (message, code) => message || `Der Server antwortete „${code}“.`,
    someLimit: "Größe",
    undo: "Diese Änderung zurücknehmen",
  },

  password: {
    heading: "Dieses Pad ist geschützt",
    explain: "Lassen Sie sich den Link mit dem Passwort geben, oder geben Sie das Passwort hier ein.",
    label: "Passwort",
    open: "Das Pad öffnen",
    wrong: "Dieses Passwort wurde nicht angenommen.",
  },

  unmerged: {
    why: {
      set_back: {
        heading: "Der Server kam mit einem älteren Text zurück",
        explain:
          "Das Pad war abgelaufen oder gelöscht, oder der Server wurde aus einer Sicherung hergestellt. Was vorher hier stand, ist für Sie aufgehoben.",
      },
      elsewhere: {
        heading: "Was hier stand, ging in einem anderen Tab weiter",
        explain: "Vielleicht kam dort nicht alles an, darum ist der Text für Sie aufgehoben.",
      },
      unsent: {
        heading: "Der Server hat nicht angenommen, was ein früherer Besuch hinterließ",
        explain: "Der Text, wie er dort stand, ist für Sie aufgehoben. Kopieren Sie daraus, was Sie brauchen.",
      },
      broken: {
        heading: "Diese Seite musste eine frische Kopie des Pads holen",
        explain: "Mit ihrer eigenen ging etwas schief. Was vorher hier stand, ist für Sie aufgehoben.",
      },
    },
    restore: "Meinen Text wieder einsetzen",
    taken: "Jemand hat den Text zur selben Zeit geändert. Sehen Sie ihn an, bevor Sie Ihren zurücksetzen.",
    discard: "Verwerfen",
  },
};
