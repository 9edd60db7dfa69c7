import type { ImagesText } from "./images_en";

export const images: ImagesText = {
  uploading: (name) => `${name} ist unterwegs …`,
  scaled: (name) => `${name} wurde verkleinert, damit es passt.`,
  off: "Dieser Server bewahrt keine Bilder auf. Wer ihn betreibt, kann sie einschalten: IMAGES=on.",
  unnamed: "Bild",
  tryAgain: "Noch einmal versuchen",
  refused: {
    message_too_large: (name, { limit }) => `${name} ist größer als die ${limit}, die ein Bild hier haben darf. Verkleinern Sie es zuerst.`,
    images_full: (name, { used, room }) =>
      `Für ${name} ist kein Platz: Die Bilder dieses Pads haben ${used} von ${room}. Nehmen Sie ein kleineres oder ein neues Pad.`,
    bad_image: (name) => `${name} ist weder PNG noch JPEG, GIF, WebP oder AVIF, oder es ist beschädigt. Speichern Sie es als eines davon.`,
    too_many_pixels: (name) => `${name} hat mehr als 50 Millionen Bildpunkte. Verkleinern Sie es zuerst.`,
    view_only: () => "Sie dürfen dieses Pad lesen, aber nicht ändern.",
    rate_limited: (name) => `Zu viel auf einmal: ${name} wurde nicht angenommen. Warten Sie ein wenig.`,
    unreachable: (name) => `${name} konnte nicht gesendet werden: Der Server antwortet nicht.`,
  },
  otherwise: (name) => `${name} wurde vom Server nicht angenommen.`,
};
