/** The words about images in the text, which come with the first one. */

export const images = {
  uploading: (name: string) => `${name} is on its way…`,
  scaled: (name: string) => `${name} was made smaller, so that it fits.`,
  off: "This server keeps no images. Whoever runs it can switch them on: IMAGES=on.",
  /** What an image is called that has no name. */
  unnamed: "Image",
  tryAgain: "Try again",
  /** Each by the server's word for the reason. */
  refused: {
    message_too_large: (name: string, { limit }: ImageNumbers) => `${name} is larger than the ${limit} that an image may have here. Make it smaller first.`,
    images_full: (name: string, { used, room }: ImageNumbers) =>
      `There is no room for ${name}: the images of this pad have ${used} of ${room}. Use a smaller one, or a new pad.`,
    bad_image: (name: string) => `${name} is none of PNG, JPEG, GIF, WebP and AVIF, or it is damaged. Save it as one of those.`,
    too_many_pixels: (name: string) => `${name} has more than 50 million pixels. Make it smaller first.`,
    view_only: () => "You may read this pad, and not change it.",
    rate_limited: (name: string) => `Too much at once: ${name} was not taken. Wait a little.`,
    unreachable: (name: string) => `${name} could not be sent: the server does not answer.`,
  } as Record<string, (name: string, numbers: ImageNumbers) => string>,
  otherwise: (name: string) => `${name} was not taken by the server.`,
};

/** Sizes in words, "" where they are not known. */
export interface ImageNumbers {
  limit: string;
  used: string;
  room: string;
}
export type ImagesText = typeof images;
