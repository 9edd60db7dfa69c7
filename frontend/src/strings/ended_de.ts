import type { EndedText } from "./ended_en";

export const ended: EndedText = {
  link: {
    heading: "Dieser Link öffnet das Pad nicht mehr",
    explain: "Er wurde zurückgezogen, oder seine Zeit ist um. Bitten Sie um einen neuen, wer ihn Ihnen gab.",
  },
  gone: {
    heading: "Dieses Pad wurde gelöscht",
    explain: "Jemand hat es gelöscht, oder es hat zu lange niemand geöffnet.",
  },
  textIsHere: "Der Text, wie er hier stand, ist noch in diesem Tab: Kopieren Sie, was Sie brauchen, bevor Sie ihn schließen.",
  unsent: (n) => (n === 1 ? "Ihre letzte Änderung hat die anderen nie erreicht und steht darin." : `Ihre letzten ${n} Änderungen haben die anderen nie erreicht und stehen darin.`),
  newPad: "Ein neues Pad daraus machen",
  making: "Wird gemacht …",
  failed: "Das neue Pad kam nicht zustande. Der Text ist noch hier.",
};
