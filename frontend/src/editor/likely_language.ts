/** Tells from the beginning of a text which language it is likely to be in. A chunk of its own: it is loaded when there
 * is somebody to tell. */

/** The signs of a language, each looked for in every line: those that hardly any other has, and those that several
 * share or that prose may have by chance. */
interface Signs {
  clear: readonly RegExp[];
  weak?: readonly RegExp[];
}

const CLEAR = 3;
const WEAK = 1;
/** One clear sign alone is not enough: it may be a quotation. */
const ENOUGH = 5;
/** So many times the weight of the next best: between two that look alike nobody is told anything. */
const LEAD = 1.4;
/** Of the lines, at least so many weigh one: prose with an example in it is prose. */
const SHARE = 0.4;
/** In UTF-16 units and in lines. What comes later does not change what a text is. */
export const LOOKED_AT_UNITS = 8192;
const LOOKED_AT_LINES = 80;

/** By the ids that pads know languages by. */
const SIGNS: Record<string, Signs> = {
  python: {
    clear: [
      /^\s*def \w+\(.*\)(?: ?->.*)?:/, /^\s*class \w+(?:\(.*\))?:/, /^\s*from [\w.]+ import /, /^\s*elif .*:$/,
      /^\s*if __name__ ==/, /^\s*async def /, /^\s*except(?: \w+(?: as \w+)?)?:/, /^\s*with .* as \w+:/,
    ],
    weak: [
      /^\s*import \w+(?: as \w+)?$/, /^\s*(?:if|for|while|try|else)\b.*:$/, /^\s*return\b(?!.*[;{]$)/,
      /^\s*print\(.*\)$/, /^\s*@\w+(?:\(.*\))?$/, /^\s*self\.\w+/, /^\s*raise \w+/, /^\s*#\s/,
    ],
  },
  javascript: {
    clear: [
      /^\s*(?:export )?(?:async )?function\*? ?\w*\(.*\) *\{/,
      /^\s*(?:const|let) (?:\w+|[{[].*[}\]]) = (?:require\(|async |\(?.*\)? =>|await |new )/, /^\s*module\.exports/,
      /^\s*console\.\w+\(/, /^\s*import .* from ["']/, /^\s*document\./, /^\s*window\./, /=> \{?$/, /===/,
    ],
    weak: [
      /^\s*(?:export )?(?:const|let|var) \w+ ?=/, /^\s*return\b.*;$/, /^\s*if \(.*\) \{$/, /^\s*\} else \{$/,
      /^\s*for \((?:const|let|var) /, /^\s*\/\//, /^\s*\}\);?$/,
    ],
  },
  typescript: {
    clear: [
      /^\s*(?:export )?(?:interface|type|enum|declare) \w+[^;]*(?:\{|=)/, /^\s*import type /,
      /^\s*(?:export )?(?:async )?function \w+\(.*\w+\??: *\w+.*\)(?:: *[\w<>[\] |]+)? *\{/,
      /^\s*(?:const|let) \w+: *[\w<>[\] |]+ =/, /^\s*(?:private|public|protected|readonly) \w+\??(?:: *\w+|\()/,
    ],
    weak: [
      /^\s*readonly /, /^\s*(?:export )?(?:const|let) \w+ ?=/, /^\s*import .* from ["']/,
      /^\s*\w+\??: (?:string|number|boolean|unknown|any)\b.*[;,]$/, /^\s*return\b.*;$/, /^\s*\}$/,
      /as (?:const|unknown|any)\b/,
    ],
  },
  html: {
    clear: [
      /^\s*<!doctype html/i,
      /^\s*<\/?(?:html|head|body|div|span|p|a|ul|ol|li|table|tr|td|h[1-6])\b[^>]*>?/i,
      /^\s*<\/?(?:script|style|link|meta|section|nav|form|input|button|img|title|main|header|footer)\b[^>]*>?/i,
    ],
    weak: [/<\/\w+>\s*$/],
  },
  xml: {
    clear: [/^\s*<\?xml /, /^\s*<!\[CDATA\[/, /^\s*<\/?\w+:\w+[ >]/, /^\s*xmlns(?::\w+)?=/],
    weak: [/^\s*<\/?[\w.-]+(?: [\w:-]+="[^"]*")*\s*\/?>/],
  },
  css: {
    clear: [
      /^\s*(?:[.#:][\w-]+|\*)[\w\s,>+~:.#()[\]="*-]*\{$/,
      /^\s*(?:html|body|a|p|div|span|ul|ol|li|h[1-6]|table|td|input|button|img)\b[\w\s,>+~:.#()[\]="*-]*\{$/,
      /^\s*(?:header|footer|main|nav|section)\b[\w\s,>+~:.#()[\]="*-]*\{$/,
      /^\s*@(?:media|import|font-face|keyframes|layer|supports)\b/,
      /^\s*(?:color|display|position|width|height)\s*:[^;]*;/,
      /^\s*(?:background|margin|padding|font|border)(?:-\w+)?\s*:[^;]*;/,
    ],
    weak: [/^\s*[\w-]+\s*:\s*[^;{]+;$/, /^\s*\/\*/, /^\s*\}$/],
  },
  json: {
    clear: [/^\s*(?:"[^"]*"\s*:\s*(?:"[^"]*"|[-\d.]+|true|false|null|\[|\{).*|\{\s*"[^"]*"\s*:.*)$/],
    weak: [/^\s*[{}[\]],?$/],
  },
  markdown: {
    clear: [
      /^#{1,6} \S/, /^\s*[-*] \[[ x]\] /, /^```/, /^\|?(?:\s*:?-{3,}:?\s*\|)+/, /^!?\[[^\]]+\]\([^)]+\)/, /^={3,}$/,
    ],
    weak: [
      /^\s*[-*] \S/, /^\s*\d+\. \S/, /^\s*> \S/, /^\s*\|.*\|$/, /\*\*[^*]+\*\*/, /\[[^\]]+\]\([^)]+\)/, /`[^`]+`/,
    ],
  },
  shell: {
    clear: [
      /^#!.*\b(?:ba|z|k|da)?sh\b/,
      /^\s*if \[\[? .*\]/, /^\s*fi$/, /^\s*done$/, /^\s*esac$/, /^\s*set -[euxo]/, /^\s*export \w+=/, /^\s*elif \[/,
      /^\s*\$ \w+/, /^\s*sudo \w+/, /^\s*apt(?:-get)? (?:install|update)/, /^\s*function \w+ \{/,
      /^\s*for \w+ in .*; do/, /^\s*while .*; do/, /^\s*echo ["'$]/,
    ],
    weak: [
      /^\s*\w+=\S*$/, /^\s*then$/, /^\s*cd \S+$/,
      /^\s*(?:mkdir|rm|cp|mv|chmod|chown|grep|curl|wget|git|docker|npm) -?\S+/, /^\s*#\s/, /"\$\{?\w+/,
      /\| (?:grep|sed|awk|xargs)/,
    ],
  },
  c: {
    clear: [
      /^\s*#include <(?:std\w+|string|math|ctype|errno|unistd|sys\/\w+)\.h>/, /^\s*#ifn?def \w+/, /^\s*#define \w+/,
      /^\s*(?:static |const |unsigned )*(?:int|void|char|double|size_t|struct \w+) \*?\w+\(.*\)\s*\{?$/,
      /^\s*int main\(/, /^\s*typedef struct/, /^\s*printf\(/, /^\s*(?:free|malloc)\(/,
    ],
    weak: [
      /^\s*(?:int|char|float|double|long|unsigned|size_t|struct \w+) \*?\w+(?:\[.*\])?(?: =.*)?;/,
      /^\s*return\b.*;$/, /^\s*(?:if|for|while) \(.*\) ?\{?$/, /^\s*\}$/, /^\s*\/\*/, /->\w+/,
    ],
  },
  cpp: {
    clear: [
      /^\s*#include <(?:iostream|vector|string|map|memory|algorithm|cstd\w+|utility|optional)>/,
      /^\s*using namespace \w+;/, /^\s*template ?</, /^\s*(?:public|private|protected):$/,
      /^\s*(?:class|struct) \w+(?: final)?(?: : public \w+)? \{$/, /^\s*namespace \w+ \{/, /std::\w+/,
    ],
    weak: [
      /^\s*int main\(/, /^\s*return\b.*;$/, /^\s*(?:auto|const auto&?) \w+/, /^\s*(?:if|for|while) \(.*\) ?\{?$/,
      /^\s*\};?$/, /^\s*\/\//, /::\w+/,
    ],
  },
  java: {
    clear: [
      /^\s*import java[x]?\./, /^\s*package [\w.]+;/,
      /^\s*public (?:static |final |abstract )*(?:class|interface|enum|record) /,
      /^\s*(?:public|private|protected) (?:static |final )*[\w<>[\], ]+ \w+\(.*\) *(?:throws \w+ )?\{/,
      /^\s*System\.out\./, /^\s*@Override/,
      /^\s*(?:private|public) (?:static |final )*(?:String|int|List<.*>|boolean|long) /,
    ],
    weak: [
      /^\s*return\b.*;$/, /^\s*(?:String|int|boolean|List<.*>) \w+ = /, /^\s*(?:if|for|while) \(.*\) \{$/, /^\s*\}$/,
      /^\s*\/\//, /new \w+(?:<.*>)?\(/,
    ],
  },
  csharp: {
    clear: [
      /^\s*using (?:System|Microsoft|static )[\w.]*;/, /^\s*namespace [\w.]+;?$/,
      /^\s*(?:public|private|internal) (?:static |sealed |override |async )*(?:class|record|struct|interface) \w+/,
      /^\s*(?:public|private|internal) (?:static |override |async )*(?:void|Task(?:<.*>)?|string|int|bool) \w+/,
      /^\s*Console\.Write/, /\{ get; (?:private )?(?:set|init)?;? ?\}/,
    ],
    weak: [/^\s*var \w+ = .*;/, /^\s*return\b.*;$/, /^\s*(?:if|foreach|while) \(.*\)$/, /^\s*[{}]$/, /^\s*\/\//],
  },
  go: {
    clear: [
      /^\s*package \w+$/, /^\s*func (?:\(\w+ \*?\w+\) )?\w*\(.*\).*\{$/, /^\s*import \($/,
      /^\s*type \w+ (?:struct|interface) \{/, /^\s*if err != nil/, /^\s*defer /, /^\s*go func/, /fmt\.\w+\(/,
      /\w+ := /,
    ],
    weak: [
      /^\s*return\b(?!.*;$)/, /^\s*for .* \{$/, /^\s*if .* \{$/, /^\s*var \w+ /, /^\s*\}$/, /^\s*"[\w/.]+"$/,
      /^\s*\/\//,
    ],
  },
  rust: {
    clear: [
      /^\s*(?:pub(?:\(crate\))? )?(?:async )?fn \w+(?:<.*>)?\(.*\)?.*/, /^\s*let mut /,
      /^\s*use (?:std|crate|super)::/, /^\s*impl(?:<.*>)? \w+/, /^\s*#\[\w+/,
      /^\s*(?:pub )?(?:struct|enum|trait|mod) \w+.*[{;]/, /^\s*match .* \{$/, /println!\(/, /\.unwrap\(\)/, /&mut /,
      /Some\(/, /Ok\(/,
    ],
    weak: [/^\s*let \w+(?:: \S+)? = .*;/, /^\s*\}$/, /^\s*\/\//, /->/, /=> /],
  },
  ruby: {
    clear: [
      /^\s*require(?:_relative)? ["']/, /^\s*def \w+[?!]?(?:\(.*\))?$/, /^\s*end$/, /^\s*class \w+(?: < [\w:]+)?$/,
      /^\s*module \w+$/, /^\s*attr_(?:reader|accessor|writer) /, /^\s*puts /, /^\s*elsif /, /^\s*unless /,
      / do(?: \|.*\|)?$/,
    ],
    weak: [/^\s*@\w+ = /, /^\s*return\b(?!.*;$)/, /^\s*if .*[^:{]$/, /^\s*#\s/, /\.each\b/, /\bnil\b/],
  },
  php: {
    clear: [
      /^\s*<\?php/, /^\s*\$this->/, /^\s*(?:public |private |protected )?(?:static )?function \w*\(.*\$/,
      /^\s*\$\w+ = .*;/, /^\s*echo .*;/, /^\s*use [\w\\]+;/, /^\s*namespace [\w\\]+;/, /\$\w+->/,
    ],
    weak: [/^\s*return\b.*;$/, /^\s*if \(.*\$/, /^\s*foreach \(\$/, /^\s*\}$/, /^\s*\/\//],
  },
  sql: {
    clear: [
      /^\s*SELECT\b.*(?:,|\*|\bFROM\b|$)/i, /^\s*INSERT INTO \w+/i, /^\s*UPDATE \w+ SET\b/i, /^\s*DELETE FROM \w+/i,
      /^\s*CREATE (?:OR REPLACE )?(?:TABLE|INDEX|VIEW|UNIQUE INDEX|FUNCTION) /i, /^\s*ALTER TABLE /i,
      /^\s*DROP TABLE /i, /^\s*(?:LEFT |RIGHT |INNER |OUTER )?JOIN \w+.*\bON\b/i, /^\s*GROUP BY /i, /^\s*ORDER BY /i,
      /^\s*WHERE \w.*(?:=|<|>|\bIN\b|\bLIKE\b)/i,
    ],
    weak: [
      /^\s*FROM \w+/i, /^\s*AND \w+.*=/i, /^\s*\w+ (?:INTEGER|TEXT|VARCHAR\(\d+\)|TIMESTAMP|BOOLEAN)\b.*/i,
      /^\s*VALUES \(/i, /^\s*LIMIT \d/i, /^\s*--\s/i, /^\s*\);?$/i,
    ],
  },
  yaml: {
    clear: [
      /^---$/, /^\s*(?:- )?[a-z][\w-]*:$/, /^\s*- [a-z][\w-]*: \S/,
      /^[a-z][\w-]*: (?:[|>]-?|"[^"]*"|'[^']*'|[\d.]+|true|false)$/,
    ],
    weak: [/^\s*[a-z][\w-]*: [\w./:@"'-]+$/, /^\s*- [\w"'./:-]+$/, /^\s*#\s/],
  },
  toml: {
    clear: [/^\[\[?[\w."-]+\]?\]$/],
    weak: [/^[\w-]+ = (?:"[^"]*"|\[.*|\d[\d.]*|true|false|\{.*\})$/],
  },
  dockerfile: {
    clear: [
      /^FROM [\w./:-]+(?: AS \w+)?$/,
      /^(?:RUN|COPY|ADD|WORKDIR|ENTRYPOINT|CMD|EXPOSE|ENV|ARG|USER|HEALTHCHECK|VOLUME) \S/,
    ],
    weak: [/^\s+&& /, /^\s+\S.*\\$/],
  },
  latex: {
    clear: [
      /^\s*\\(?:documentclass|usepackage|begin|end|section|subsection|chapter)\b/,
      /^\s*\\(?:title|author|maketitle|item|newcommand|label)\b/,
    ],
    weak: [/\\(?:\w+)\{/, /^\s*%/, /\$[^$]+\$/],
  },
  diff: {
    clear: [/^diff --git /, /^index [0-9a-f]{7,}/, /^@@ -\d+(?:,\d+)? \+\d+/, /^--- \S/, /^\+\+\+ \S/],
    weak: [/^[-+ ]\S/],
  },
  kotlin: {
    clear: [
      /^\s*(?:override |private |suspend |internal )*fun (?:\w+\.)?\w+\(.*/, /^\s*data class /,
      /^\s*va[lr] \w+(?:: \w+\??)? (?:= |by )/, /^\s*import (?:kotlin|android)x?\./, /^\s*when \(.*\) \{/,
      /^\s*companion object/,
    ],
    weak: [/^\s*println\(/, /^\s*return\b(?!.*;$)/, /^\s*\}$/, /^\s*\/\//, /^\s*class \w+/, /\?\./, /\?:/],
  },
  swift: {
    clear: [
      /^\s*import (?:Foundation|UIKit|SwiftUI)/,
      /^\s*(?:override |private |public |static |mutating )*func \w+\(.*\)(?: (?:async )?(?:throws )?-> .*)? \{/,
      /^\s*guard .* else/, /^\s*if let \w+ = /, /^\s*(?:struct|class|enum|extension|protocol) \w+: \w+.* \{/,
      /^\s*@(?:State|main|IBOutlet|Published)\b/,
    ],
    weak: [
      /^\s*(?:let|var) \w+(?:: [\w[\]?]+)?(?: = (?!.*;$).*)?$/, /^\s*return\b(?!.*;$)/, /^\s*print\(/, /^\s*\}$/,
      /^\s*\/\//,
    ],
  },
  lua: {
    clear: [
      /^\s*local (?:function )?\w+.*(?:=|\(.*\))/, /^\s*function [\w.:]+\(.*\)$/, /^\s*elseif .* then$/,
      /^\s*end\)?,?$/, /^\s*for .* in i?pairs\(.*do$/, /^\s*require\(?["']/,
    ],
    weak: [/^\s*if .* then$/, /^\s*return\b(?!.*;$)/, /^\s*--\s/, /^\s*print\(/, /\.\./],
  },
  perl: {
    clear: [
      /^#!.*\bperl\b/,
      /^\s*(?:use (?:strict|warnings|utf8|[A-Z]\w+(?:::\w+)*)\b.*;|my [$@%(]|sub \w+ \{|foreach my )/, /=~/,
    ],
    weak: [/^\s*print .*;/, /^\s*return\b.*;$/, /^\s*\}$/, /^\s*#\s/, /\$\w+\{/, /->\{/],
  },
  r: {
    clear: [/^\s*library\(\w+\)/, /^\s*[\w.]+ <- /, /^\s*ggplot\(/, /%>%/, /function\(.*\) \{$/],
    weak: [/^\s*print\(/, /^\s*return\(/, /^\s*\}$/, /^\s*#\s/, /\bc\(/],
  },
  haskell: {
    clear: [
      /^module [\w.]+.*where/, /^import (?:qualified )?[A-Z][\w.]*/, /^\w+ :: .*/, /^data \w+.*=/, /^instance \w+/,
      /^newtype /,
    ],
    weak: [/^\w+(?: \w+)* = .*/, /^\s+(?:where|let|in|case .* of)/, /^--\s/, /->/, /<-/],
  },
};

const ALL = Object.entries(SIGNS);

/** The id of the language that a text is likely to be in; null: it may be prose, or any of several. The work is
 * bounded, however long the text. */
export function likelyLanguage(text: string): string | null {
  const said = text.slice(0, LOOKED_AT_UNITS).split("\n").filter((line) => line.trim() !== "");
  const lines = said.slice(0, LOOKED_AT_LINES);
  const weigh = (signs: Signs) => lines.reduce((sum, line) => sum + weightOf(signs, line), 0);
  const weights = ALL.map(([id, signs]) => ({ id, weight: weigh(signs) }));
  const [first, second] = weights.sort((a, b) => b.weight - a.weight);
  const isEnough = first!.weight >= Math.max(ENOUGH, lines.length * SHARE) && first!.weight >= second!.weight * LEAD;
  return isEnough ? first!.id : null;
}

/** Of a line that is very long, the beginning tells what it is. */
const LOOKED_AT_OF_A_LINE = 200;

function weightOf({ clear, weak }: Signs, line: string): number {
  const begin = line.slice(0, LOOKED_AT_OF_A_LINE);
  if (clear.some((sign) => sign.test(begin))) return CLEAR;
  return weak?.some((sign) => sign.test(begin)) ? WEAK : 0;
}
