/** Small pictures on buttons, drawn with lines in the colour of the text. */
const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  edit: "M4 20l1-4L16 5l3 3L8 19l-4 1zM13.5 7.5l3 3",
  lock: "M6 11h12v8H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  more: "M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
  read: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  retry: "M19.5 10A8 8 0 1 0 20 13M20 5v5h-5",
  share: "M12 15V4M8 8l4-4 4 4M5 13v6h14v-6",
} as const;

type Drawn = { name: keyof typeof PATHS; path?: undefined } | { name?: undefined; path: string };

/** One of the pictures, or one that is drawn along `path` in a square of 24. Without a label it is for the eye only: the
 * button around it has a name. */
export function Icon({ name, path, label }: Drawn & { label?: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}>
      <path d={path ?? PATHS[name]} />
    </svg>
  );
}
