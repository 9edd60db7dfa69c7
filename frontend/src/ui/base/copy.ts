/** Getting text out of the page. */

/** Copies the text, also on plain HTTP, where browsers have no clipboard API.
 * Resolves to false when neither way is open. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement as HTMLElement | null;
  // Inside an open modal dialog, nothing outside of it can be selected.
  const host = before?.closest("dialog") ?? document.body;
  const area = document.createElement("textarea");
  area.className = "copy-source";
  area.value = text;
  area.readOnly = true;
  host.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  before?.focus();
  return copied;
}

/** Has the browser save the text as a file of that name, exactly: to the name of a text without an extension
 * ("Makefile") it would add one. */
export function downloadText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
