/** Every word the page says, in German. */

import type { Strings } from "./en";

export const de: Strings = {
  locale: "de",
  dir: "ltr",
  appName: "Kolabpad",
  close: "Schließen",
  cancel: "Abbrechen",
  copied: "Kopiert",
  copyFailed: "Bitte markieren und von Hand kopieren",
  leave: "Ein Teil Ihres Textes ist bisher nur hier. Dieses Pad trotzdem verlassen?",

  editor: {
    nothingIn: {
      paste: "Nichts wurde eingefügt: in der Zwischenablage ist kein Text, und Pads fassen nur Text.",
      drop: "Nichts wurde eingefügt: darin ist kein Text, und Pads fassen nur Text.",
      cut: "Nichts wurde ausgeschnitten: der Browser gibt die Zwischenablage nicht frei.",
    },
    saving: {
      now: "Dieser Text wird beim Schreiben gesichert.",
      kept: "Einige Änderungen sind erst hier. Sie werden von selbst gesendet, sobald der Server zu erreichen ist.",
      leave: "Zum Verlassen den Tab schließen.",
    },
    label: "Gemeinsamer Text. Escape und dann Tab verlässt den Editor.",
    loading: "Wird geladen …",
    commandLine: "Vim-Befehl",
    uncoloured: "Diese Zeile ist zu lang, um gefärbt zu werden.",
    find: async () => (await import("./find_de")).find,
    empty: "Hier schreiben. Alle mit dem Link sehen es sofort.",
    emptyToRead: "Hier steht noch nichts.",
  },

  phrases: {
    Find: "Suchen",
    Replace: "Ersetzen",
    next: "Weiter",
    previous: "Zurück",
    all: "Alle",
    "match case": "Groß/klein",
    regexp: "Regulärer Ausdruck",
    "by word": "Ganze Wörter",
    replace: "Ersetzen",
    "replace all": "Alle ersetzen",
    close: "schließen",
    "current match": "jetziger Treffer",
    "on line": "in Zeile",
    "replaced match on line $": "Treffer in Zeile $ ersetzt",
    "replaced $ matches": "$ Treffer ersetzt",
    "Go to line": "Gehe zu Zeile",
    go: "Los",
    "Selection deleted": "Auswahl gelöscht",
    to: "bis",
    "Fold line": "Zeile einklappen",
    "Unfold line": "Zeile ausklappen",
    "Folded lines": "Eingeklappte Zeilen",
    "Unfolded lines": "Ausgeklappte Zeilen",
    "folded code": "eingeklappter Text",
    unfold: "ausklappen",
    "Control character": "Steuerzeichen",
    Completions: "Ergänzungen",
  },

  status: {
    heading: "Verbindung",
    connecting: "Verbindung wird aufgebaut …",
    connected: "Gesichert",
    reading: "Nur lesen",
    saving: (n) => `${changes(n)} ${n === 1 ? "wird" : "werden"} gesichert …`,
    reconnectingIn: (seconds) => `Neuer Versuch in ${seconds} s`,
    reconnecting: "Neuer Versuch …",
    offline: "Keine Verbindung zum Netz",
    kept: (n) =>
      `${changes(n)} ${n === 1 ? "bleibt hier und wird" : "bleiben hier und werden"} gesendet, sobald die Verbindung wieder da ist`,
    keptBrief: (n) => `${changes(n)} ${n === 1 ? "bleibt" : "bleiben"} hier`,
    storage: "Der Server kann gerade nicht speichern",
    storageKept: (n) => `${changes(n)} ${n === 1 ? "wird" : "werden"} so lange hier aufgehoben; die anderen sehen sie noch nicht.`,
    storageHint: "Lassen Sie die Seite offen oder kopieren Sie Ihren Text.",
    refused: "Eine Änderung wurde abgelehnt",
    password: "Dieses Pad braucht ein Passwort",
    linkEnded: "Dieser Link gilt nicht mehr",
    outOfStep: "Eine frische Kopie wird geholt …",
    retryNow: "Jetzt versuchen",
    reason: {
      unreachable: "Der Server ist nicht erreichbar.",
      unanswered: "Der Server ist da, antwortet aber noch nicht.",
      restarting: "Der Server startet neu.",
      overloaded: "Der Server ist ausgelastet.",
      slow: "Diese Seite kam mit dem, was die anderen schreiben, nicht nach.",
      message_too_large: "Die letzte Nachricht war dem Server zu groß.",
      bad_message: "Der Server hat diese Seite nicht verstanden. Laden Sie sie neu.",
      password: "Das Passwort fehlt oder ist falsch.",
      forbidden: "Der Server lässt diese Seite nicht herein.",
      idle: "Die Verbindung war zu lange still.",
      out_of_step: "Diese Kopie und die des Servers unterscheiden sich. Ihre Änderungen bleiben erhalten.",
      gone: "Dieses Pad wurde gelöscht oder ist abgelaufen. Ihr Text ist noch hier.",
      rate_limited: "Zu viele Anfragen. Es geht gleich weiter.",
      server_error: "Der Server hat einen Fehler gemacht.",
      replaced: "Dieses Pad geht in einem anderen Tab weiter. Neu laden, um es auch hier zu haben.",
    },
  },

  share: {
    heading: "Teilen",
    more: async () => (await import("./share_de")).share,
    links: async () => (await import("./links_de")).links,
    owner: async () => (await import("./owner_de")).owner,
  },

  language: {
    heading: "Sprache des Textes",
    plain: "Nur Text",
    nothing: "Keine solche Sprache",
    looksLike: (language) => `Das sieht nach ${language} aus.`,
    use: "Übernehmen",
  },

  preview: {
    mode: "Wie Markdown gezeigt wird",
    modes: { edit: "Schreiben", both: "Beides", read: "Lesen" },
    tooLong: "Dieser Text ist zu lang für eine Vorschau.",
    notLoaded: "Die Vorschau konnte nicht geladen werden.",
    more: async () => (await import("./preview_de")).preview,
  },

  start: {
    explain: "Ein gemeinsamer Text: Alle mit dem Link sehen, was geschrieben wird, im selben Augenblick. Ohne Konto, von selbst gespeichert.",
    emptied: (title) => `„${title}“ ist jetzt leer. Der Text wurde entfernt, oder das Pad wurde gelöscht oder ist abgelaufen.`,
    taken: "Jemand war schneller. Der Text wurde nicht eingefügt.",
    more: async () => (await import("./start_de")).start,
  },

  embed: { open: "In Kolabpad öffnen" },

  linked: "Geteiltes Pad",
  skip: "Zum Text springen",
  frame: {
    menu: "Menü des Pads",
    more: async () => (await import("./frame_de")).frame,
  },

  refusedPad: async () => (await import("./refused_pad_de")).refusedPad,

  people: { more: async () => (await import("./people_de")).people },

  text: {
    heading: "Text",
    undo: "Rückgängig",
  },

  settings: async () => (await import("./settings_de")).settings,

  recent: { heading: "Zuletzt geöffnet", forget: (title) => `${title} vergessen`, protected: "mit Passwort" },

  refusal: {
    kept: (n) =>
      n === 1
        ? "Sie steht hier noch in Ihrem Text, aber die anderen sehen sie nicht."
        : `Sie steht hier noch in Ihrem Text, und was danach kam, wartet ebenso: ${n} Änderungen sehen die anderen nicht.`,
    copy: "Meinen Text kopieren",
    download: "Meinen Text herunterladen",
  },

  recoveredDraft: async () => (await import("./recovered_draft_de")).recoveredDraft,

  notice: {
    trouble: {
      settings:
        "Dieser Browser behält hier keine Einstellungen, wie in einem privaten Fenster. Name und Einstellungen gelten, bis Sie gehen.",
      unsent: "Dieser Browser kann Ungesendetes nicht aufheben. Verlassen Sie die Seite erst, wenn alles gesichert ist.",
    },
    chunkMissing: "Ein Teil dieser Seite konnte nicht geladen werden. Laden Sie sie neu, sobald alles gesichert ist.",
    dismiss: "Ausblenden",
  },

  about: {
    heading: "Über Kolabpad",
    page: (sha) => `Seite: ${sha}`,
    server: (version) => `Server: ${version}`,
    newPad: "Neues Pad",
    shortcuts: "Tasten",
    more: async () => (await import("./about_de")).about,
  },

  rightsNews: async () => (await import("./rights_news_de")).rightsNews,
  images: async () => (await import("./images_de")).images,
  history: async () => (await import("./history_de")).history,
  ended: async () => (await import("./ended_de")).ended,
  offline: async () => (await import("./offline_de")).offline,

  outline: async () => (await import("./outline_de")).outline,
  actions: async () => (await import("./actions_de")).actions,

  failed: {
    heading: "Kolabpad konnte nicht starten",
    old: "Dieser Browser ist zu alt, oder WebAssembly ist in ihm abgeschaltet.",
    otherwise: "Etwas ging schief. Laden Sie die Seite neu, um es noch einmal zu versuchen.",
  },

  bytes: (n) => (n >= 1 << 20 ? `${round(n / (1 << 20))} MiB` : `${round(n / 1024)} KiB`),
};

function changes(n: number): string {
  return n === 1 ? "1 Änderung" : `${n} Änderungen`;
}

function round(n: number): string {
  return n.toLocaleString("de", { maximumFractionDigits: 1 });
}
