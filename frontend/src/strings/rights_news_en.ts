type RightsNotice = "deleted" | "editable" | "not_owned" | "off" | "on" | "owned" | "penned" | "restored" | "unpenned" | "view_only";

/** What people are told when it changes who may do what in a pad, or what is kept of its past; loaded when that happens. `at`: when the text
 * stood there that was brought back, in seconds since 1970; null: nobody knows. What is empty is said where it is done. */
export const rightsNews: Record<RightsNotice, { mine: string; of: (by: string | null, at?: number | null) => string }> = {
  owned: { mine: "You are the owner of this pad now.", of: (by) => `${by ?? "Somebody"} took charge of this pad` },
  penned: { mine: "Only you write here now.", of: (by) => `Only ${by ?? "the owner"} writes here now` },
  unpenned: { mine: "Everybody may write again.", of: (by) => `${by ?? "The owner"} lets everybody write again` },
  not_owned: { mine: "", of: () => "The owner link that you opened does not make you the owner: it is not whole, or of another pad" },
  view_only: { mine: "", of: () => "This pad can only be read now" },
  editable: { mine: "", of: () => "You can write in this pad now" },
  restored: { mine: "", of: (by, at = null) => `${by ?? "Somebody"} brought back ${at === null ? "an earlier text" : `the text of ${timeOf(at)}`}` },
  deleted: { mine: "", of: (by) => `${by ?? "Somebody"} deleted the history` },
  off: { mine: "", of: (by) => `${by ?? "Somebody"} turned history off` },
  on: { mine: "", of: (by) => `${by ?? "Somebody"} turned history on` },
};

export type RightsNewsText = typeof rightsNews;

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString("en", isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}
