import type { RightsNewsText } from "./rights_news_en";

export const rightsNews: RightsNewsText = {
  owned: { mine: "Dieses Pad gehört jetzt Ihnen.", of: (by) => `${by ?? "Jemand"} hat dieses Pad übernommen` },
  penned: {
    mine: "Hier schreiben jetzt nur noch Sie.",
    of: (by) => (by ? `Hier schreibt jetzt nur noch ${by}` : "Hier schreibt jetzt nur noch, wem dieses Pad gehört"),
  },
  unpenned: { mine: "Alle dürfen wieder schreiben.", of: (by) => (by ? `${by} lässt wieder alle schreiben` : "Alle dürfen wieder schreiben") },
  not_owned: {
    mine: "",
    of: () => "Durch den Eigentumslink, den Sie geöffnet haben, gehört Ihnen dieses Pad nicht: Er ist nicht ganz, oder er gehört zu einem anderen Pad",
  },
  view_only: { mine: "", of: () => "Dieses Pad kann jetzt nur gelesen werden" },
  editable: { mine: "", of: () => "Sie können jetzt in diesem Pad schreiben" },
  restored: { mine: "", of: (by, at = null) => `${by ?? "Jemand"} hat ${at === null ? "einen früheren Text" : `den Text von ${timeOf(at)}`} zurückgeholt` },
  deleted: { mine: "", of: (by) => `${by ?? "Jemand"} hat den Verlauf gelöscht` },
  off: { mine: "", of: (by) => `${by ?? "Jemand"} hat den Verlauf abgeschaltet` },
  on: { mine: "", of: (by) => `${by ?? "Jemand"} hat den Verlauf eingeschaltet` },
};

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString("de", isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}
