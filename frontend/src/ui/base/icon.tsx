/** Small pictures on buttons, drawn with lines in the colour of the text. */
const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  edit: "M4 20l1-4L16 5l3 3L8 19l-4 1zM13.5 7.5l3 3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  share: "M12 15V4M8 8l4-4 4 4M5 13v6h14v-6",
} as const;

/** One of the pictures, or one that is drawn along `path` in a square of 24, for the eye only: the button around it has a name. */
export function Icon({ name, path }: { name: keyof typeof PATHS; path?: undefined } | { name?: undefined; path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path ?? PATHS[name]} />
    </svg>
  );
}
