/**
 * Draws the page's icon in the sizes that systems want, as PNG: public/favicon.svg is the only source. It understands what
 * stands in that: one rectangle, and straight lines with round ends. Anything else ends the build.
 */

import { deflateSync } from "node:zlib";

type Colour = readonly [red: number, green: number, blue: number];
type Point = readonly [x: number, y: number];

/** A line as it is drawn. */
interface Stroke {
  from: Point;
  to: Point;
  width: number;
  colour: Colour;
}

interface Drawing {
  /** Of its square, in its own units. */
  size: number;
  ground: Colour;
  /** The radius of the corners. */
  radius: number;
  strokes: readonly Stroke[];
}

/** Reads the drawing. */
export function readDrawing(svg: string): Drawing {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const elements = [...svg.matchAll(/<(rect|path)\b([^>]*?)\/>/g)].map(([, name, text]) => ({ name, text: text! }));
  const rect = elements.find(({ name }) => name === "rect")?.text;
  const rest = svg.replaceAll(/<\/?svg\b[^>]*>|<(?:rect|path)\b[^>]*?\/>|\s/g, "");
  if (!size || !rect || rest !== "") throw new Error("favicon.svg has more in it than build/icons.ts can draw");
  const strokes = elements.filter(({ name }) => name === "path").flatMap(({ text }) => strokesOf(text));
  return { size, ground: colourOf(attribute(rect, "fill")), radius: Number(attribute(rect, "rx")), strokes };
}

/** Draws it as a PNG of that many pixels each way. `isFull`: the ground fills the square, and the lines keep to the part
 * that a system leaves of it when it cuts its own shape out. */
export function drawIcon(drawing: Drawing, pixels: number, isFull: boolean): Buffer {
  const rows = Buffer.alloc(pixels * (1 + 4 * pixels));
  for (let y = 0; y < pixels; y++) {
    for (let x = 0; x < pixels; x++) {
      rows.set(pixelAt(drawing, x, y, pixels, isFull), y * (1 + 4 * pixels) + 1 + 4 * x);
    }
  }
  return png(pixels, rows);
}

/** A round shape of this part of the square is never cut. */
const SAFE_PART = 0.8;

function pixelAt(drawing: Drawing, x: number, y: number, pixels: number, isFull: boolean): readonly number[] {
  const unit = drawing.size / pixels;
  const middle = drawing.size / 2;
  const at: Point = [(x + 0.5) * unit, (y + 0.5) * unit];
  const scale = isFull ? SAFE_PART : 1;
  const inDrawing: Point = [(at[0] - middle) / scale + middle, (at[1] - middle) / scale + middle];
  let colour = drawing.ground;
  for (const stroke of drawing.strokes) {
    const covered = coverage((distance(inDrawing, stroke) - stroke.width / 2) * scale, unit);
    colour = mixed(colour, stroke.colour, covered);
  }
  const alpha = isFull ? 1 : coverage(outside(at, drawing), unit);
  return [...colour, Math.round(255 * alpha)];
}

/** How much of a pixel lies inside an edge that is so far away, outwards counted as more than 0. */
function coverage(away: number, unit: number): number {
  return Math.min(Math.max(0.5 - away / unit, 0), 1);
}

/** The distance of a point from the line. */
function distance([x, y]: Point, { from, to }: Stroke): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const along = ((x - from[0]) * dx + (y - from[1]) * dy) / (dx * dx + dy * dy);
  const t = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - from[0] - t * dx, y - from[1] - t * dy);
}

/** The distance of a point from the square with round corners; less than 0 inside it. */
function outside([x, y]: Point, { size, radius }: Drawing): number {
  const half = size / 2;
  const [dx, dy] = [Math.abs(x - half) - half + radius, Math.abs(y - half) - half + radius];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

function mixed(under: Colour, over: Colour, part: number): Colour {
  const mix = (i: 0 | 1 | 2) => Math.round(under[i] + (over[i] - under[i]) * part);
  return [mix(0), mix(1), mix(2)];
}

function strokesOf(path: string): Stroke[] {
  const [width, colour] = [Number(attribute(path, "stroke-width")), colourOf(attribute(path, "stroke"))];
  const lines = attribute(path, "d");
  if (!/^(?:M[\d.]+ [\d.]+[hv][\d.]+)+$/.test(lines)) throw new Error(`build/icons.ts cannot draw ${lines}`);
  return [...lines.matchAll(/M([\d.]+) ([\d.]+)([hv])([\d.]+)/g)].map(([, x, y, way, length]) => {
    const from: Point = [Number(x), Number(y)];
    const to: Point = way === "h" ? [from[0] + Number(length), from[1]] : [from[0], from[1] + Number(length)];
    return { from, to, width, colour };
  });
}

function attribute(element: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(element)?.[1];
  if (value === undefined) throw new Error(`favicon.svg: no ${name} in ${element}`);
  return value;
}

function colourOf(hex: string): Colour {
  const long = hex.length === 4 ? hex.replaceAll(/[\da-f]/gi, "$&$&") : hex;
  const channel = (i: number) => Number.parseInt(long.slice(1 + 2 * i, 3 + 2 * i), 16);
  return [channel(0), channel(1), channel(2)];
}

/* ---- PNG ---- */

/** `rows`: each with a byte for its filter before its pixels. */
function png(pixels: number, rows: Buffer): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(pixels, 0);
  head.writeUInt32BE(pixels, 4);
  head.set([8, 6, 0, 0, 0], 8); // 8 bits a channel, with alpha
  const parts = [part("IHDR", head), part("IDAT", deflateSync(rows, { level: 9 })), part("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function part(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
