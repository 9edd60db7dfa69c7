type RightsNotice = "editable" | "not_owned" | "owned" | "penned" | "unpenned" | "view_only";

/** What people are told when it changes who may do what in a pad; loaded when that happens. */
export const rightsNews: Record<RightsNotice, { mine: string; of: (by: string | null) => string }> = {
  owned: { mine: "You are the owner of this pad now.", of: (by) => `${by ?? "Somebody"} took charge of this pad` },
  penned: { mine: "Only you write here now.", of: (by) => `Only ${by ?? "the owner"} writes here now` },
  unpenned: { mine: "Everybody may write again.", of: (by) => `${by ?? "The owner"} lets everybody write again` },
  not_owned: { mine: "", of: () => "The owner link that you opened does not make you the owner: it is not whole, or of another pad" },
  view_only: { mine: "", of: () => "This pad can only be read now" },
  editable: { mine: "", of: () => "You can write in this pad now" },
};

export type RightsNewsText = typeof rightsNews;
