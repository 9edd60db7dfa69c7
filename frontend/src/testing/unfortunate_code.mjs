/**
 * Code that is unfortunate for the parser of its language: what is opened and never closed, what nests, what
 * looks like something else until much later. What is unfortunate for all of them is in unfortunate_texts.mjs.
 *
 * Plain JavaScript, because the benches of the page read it without a build.
 */

import { lines, repeated } from "./repeated.mjs";

/** Pieces to repeat, by the language whose parser they trouble. `nested` are pairs: so many of the first, then as many of the second.
 * @type {Record<string, { pieces: readonly string[], nested?: readonly (readonly [string, string])[] }>} */
const PIECES = {
  javascript: {
    pieces: [
      "`${`", "a`${", "x=>{", "class A{a(){", "/(?:a", "/[/", "a?.b", "a??", "({a:", "[{", "a?b:", "import(", "async()=>{", "({[", "var [a=",
      "switch(a){case ", "typeof ",
      "a++", "/a/g.b/", "<a>{", "<a>{<b>{", "<a b={", "<>", "</a>", "{/*", "'\\", "get a(){", "#a in ", "a=b=", "a||(", "if(a)b;else ",
      "for(let a of ", "label:",
    ],
    nested: [["[", "]"], ["{a(", ")}"], ["`${", "}`"], ["<a>{", "}</a>"], ["()=>{", "}"], ["{a:[", "]}"], ["function a(){", "}"], ["(a,", ")"], ["a?", ":b"]],
  },
  typescript: {
    pieces: [
      "a as ", "a!", "A<B<", "keyof ", "a extends b?", "{[k in ", "(a:b)=>", "<T,", "<T>(", "@a(", "a is ", "type A=", "enum A{",
      "declare module 'a'{", "a:[b,", "new()=>", "abstract class A{a:",
    ],
    nested: [["A<", ">"], ["(a:", ")=>b"], ["{a:", "}"]],
  },
  html: {
    pieces: [
      '<a href="', "<script>`${", "<script>/*", "<style>/*", "<template>", "<table><tr><td>", "<select><option>", "<a a ", "<li>", "</", "<a/>",
      "<svg><script>", "<script type=module>", "<script>", "</script>",
      '<div style="a:', '<a onclick="f(`', "<script>let a=<b>{", "<!DOCTYPE ", "<p>a", "<br>", "<textarea>", "<title>", "<a\n", "<script><!--",
      "<style>a{", "&amp", "<b>a</i>", "<script>a</script>", "<style>a{b:c}</style>",
    ],
    nested: [["<div>", "</div>"], ["<p><b>", "</b></p>"], ["<script>", "</script>"], ["<ul><li>", "</li></ul>"], ['<a b="', '">']],
  },
  css: {
    pieces: [
      "a:not(", "@media a{", "a{b:calc(", "url(", 'a[b="', "a{--b:{", "a>b+", "@import url(", "!important ", "a::b", "@supports (", "#abc ", "1px ",
      "a(b,", "&{", "$a:", "@include a{", "#{$", "@if a{", "a{b:c;", "a{b:", ".a.b", "a,", "*|*", "@a;", "\\26 ", "<!--", "a{b;c",
    ],
    nested: [["a{", "}"], ["(", ")"], ["@media a{", "}"], [":not(", ")"]],
  },
  python: {
    pieces: [
      "f'{", "f\"{f'{", 'rb"""', "f'''{", "[a for a in ", "(yield ", "lambda:(", "a[b:", "@a ", "if a: ", "try: ", "{a:{", "{*", "a if b else ",
      "not ", "async with ", "match a: ", "x=y=", "(a,", "a.b(", "print(", "def a(b=", "\\", "**a,", "-", "a:=", "a and ", "else:", "class A(",
    ],
    nested: [["(", ")"], ["[", "]"], ["{a:", "}"], ["f(", ")"], ["f'{", "}'"], ["lambda:(", ")"]],
  },
  sql: {
    pieces: [
      "$$", "$a$", "((SELECT ", "'a''", "E'\\", "/*+", "BEGIN ", "[a", "`a", '"a" ', "a.b.", "x'", "N'", "q'[", "@@a ", ":a ", "{d'", "DELIMITER ",
      "a AND ", "IN (", "SELECT a FROM ", "a; ", "UNION ", "--", "JOIN a ON ", "CAST(a AS ",
    ],
    nested: [["(", ")"], ["(SELECT ", ")"], ["CASE WHEN a THEN ", " END"], ["BEGIN ", " END;"], ["/*", "*/"]],
  },
  yaml: {
    pieces: [
      "a: &b ", "*a ", "? - ", "- - ", "{a: ", "[a, ", '"a: ', "'a''", "a: {", "!!a ", "%YAML ", "- ? ", "--- |", "<<: *a", "a: |", "- >", "a: b: ",
      "? ", ": ", "- !a &b ", "{a, ", "[{", "#", "...", "- - - - - - - - a", '- "', "- {a: b}", "a: [b]",
    ],
    nested: [["[", "]"], ["{a: ", "}"], ["[{a: ", "}]"]],
  },
  xml: {
    pieces: [
      '<a b="c" ', "<!DOCTYPE a [", '<!ENTITY a "', "<?a", "<a:b ", "&a;", "</a", "<a>b", "<!ELEMENT ", "<a b='", "<a></b>", "]]>", "<![CDATA[]]>",
      "<!---->", "<a/><", "<a>b</a>", "<?a?>",
    ],
    nested: [["<a>", "</a>"], ["<a b='c'>", "</a>"], ["<a>", "</b>"]],
  },
  cpp: {
    pieces: [
      "a<b<", "a::b<", "template<", 'R"a(', "#if a ", "#define a ", "(*", "[](){", "[=]{", "a->b", "a<(", "operator<", "sizeof(", "static_cast<a>(",
      "case a:", "struct{", "enum{a,", 'L"', "__attribute__((", "a&&", "decltype(", "namespace a{", 'extern "C"{',
      "*&", "if(a)b;else ", "do ", "[[a]]", "(a)(", "a*b;", "a(*b)(", "int a,", "a<b>(c)", "template<class a>", "a b(c", "typename ", "if(a){", "a{",
      "try{", "const ", "a&b,",
    ],
    nested: [["a<", ">"], ["(", ")"], ["{", "}"], ["[](){", "}"], ["namespace a{", "}"], ["if(a){", "}"], ["a(", ")"], ["{a,", "}"]],
  },
  java: {
    pieces: [
      "@A(", "<? extends ", "a->{", "new A(){", "switch(a){", '"""', "int[] ", "(A&B)", "a::b", "A<A<", "try{", "/** @a ", "'\\u0", "@interface ",
      "class A{", "(a)", "a.b.", "a instanceof ", "if(a)", "A<B>.", "@A ", "case a->", "enum A{a(){", "void a(", "a[b][", "for(a b:", "import a.",
      "a<b,c>",
    ],
    nested: [["A<", ">"], ["(", ")"], ["{", "}"], ["class A{", "}"], ["a->{", "}"], ["@A(", ")"], ["a[", "]"]],
  },
  rust: {
    pieces: [
      "'a ", 'r#"', "/*/*", "a!{", "a!(", "|a|", "<a as b>::", "&'a ", "#[a(", "b'", "if let a=", "match a{", "impl<", "where a:", "a::<", "fn a(){",
      "loop{", "&mut ", "..=", "a?", "move||", "dyn ", "unsafe{", "a!(b!(", "mod a{", "(a,", "let a=", "a as ", "#![a]", "//! ", "use a::{",
      "struct A<", "for<'a>",
    ],
    nested: [["a::<", ">"], ["(", ")"], ["{", "}"], ["/*", "*/"], ["a!{", "}"], ["match a{b=>", "}"], ["mod a{", "}"], ["[", "]"], ["<a as ", ">"]],
  },
  go: {
    pieces: [
      "func(){", "[]map[a]", "struct{", "interface{", "`a", "<-", "chan ", "go func(){", "a.(b)", "select{case ", "defer ", "if a{", "a[b,", "*[]",
      "func(a ", "a{b:", "type A ", "a:=", "switch a{case ", "map[a]", "func(", "import(", "[...]", "a[b", "for a:=range ", "case a:", "const(",
    ],
    nested: [["(", ")"], ["{", "}"], ["func(){", "}"], ["a{", "}"], ["[]a{", "}"], ["if a{", "}"], ["map[", "]a"]],
  },
  php: {
    pieces: [
      "<?php ?>", '<?php "$a[', '<?php "{$', "<?=", "<?php <<<A ", "<?php <<<'A' ", "<?php #", "<?php /*", "<?php function(){", "<?php if(a):",
      "<?php fn()=>", "?><a ", '<?php "${', "<?php `", "<?php match(a){", "<?php $$", "<?php a?->", "<?php [[", "<?php new class{", "?><script>",
      "<?= a ?>", '<?php "a$b[c]',
    ],
    nested: [["<?php if(a){ ?>", "<?php } ?>"], ["<?php [", "]"], ["<div><?php ?>", "</div>"], ['"{$a[', ']}"']],
  },
  shell: {
    pieces: [
      "$((", "${a:-", "$'", "<<-A ", "`a`", '"$(', "case a in a)", "[[ a ", "a() {", "{a,", "!a", "a|b", "if a;then ", "a=(", "<(", '"${a["', "\\",
      "a=$", "<<<", "$a", "esac ", "#", "a&", "'", '"$a',
    ],
    nested: [["$(", ")"], ['"$(', ')"'], ["${a:-", "}"], ["{ ", "; }"], ["`", "`"]],
  },
  ruby: {
    pieces: [
      "%w[", '#{"#{', "<<~A ", "/a#{", "?a", "def a ", ':"', "|a|", "begin ", "%Q{", "a do |b| ", "%r{", "=begin", "a ? b : ", "->(a){", "%q(",
      "class A ", "a.b ", "@@a", "$1", "if a ", "__END__", "a[/",
    ],
    nested: [["#{", "}"], ['"#{', '}"'], ["%w(", ")"], ["do ", "end "]],
  },
  perl: {
    pieces: [
      "s{a}{", "q{", "qq(", "<<'A' ", "=head1 ", "tr/", "m!", "$#{", "@{[", "y/", "s/a/", "qw(", "<<A;", "$a{", "/a", "sub a{", "__DATA__",
      "$a =~ s/", "qr{", "m(", "->{", "%$a", "&a", "#", "s(a)(", "~~",
    ],
    nested: [["{", "}"], ["q(", ")"], ["@{[", "]}"]],
  },
  latex: {
    pieces: ["\\begin{", "$\\", "\\[", "\\(", "\\a{", "\\a[", "%", "$$", "\\left(", "&", "\\verb|", "\\def\\a{", "^{", "_{", "\\\\", "{", "}", "\\usepackage{"],
    nested: [["{", "}"], ["\\a{", "}"], ["\\begin{a}", "\\end{a}"], ["$", "$"]],
  },
  lisp: {
    pieces: ["((", "'(", "#|", "`(,", ";", "#'", '"\\', "#\\a", "(let ((", "(defun a ", "#+a ", "(a . ", "#(", "#_", "#{", "^{", "@(", "[(", "#;", "#!", "|a"],
    nested: [["(", ")"], ["#|", "|#"], ["'(a ", ")"], ["[", "]"], ["#{", "}"]],
  },
  functional: {
    pieces: [
      "{-{-", "{-#", "'a'", "where ", "(*(*", "{|", "let a = ", "fun a -> ", "match a with ", "| A ", "\\a -> ", "if a then ", "case a of ", "''' ",
      "fun() -> ", "<<", "-a(", "$a", "<a>", "''", "'a", "begin ", "do ", "`a`", "\"\\", "[|", "(* \"", "{a|",
    ],
    nested: [["(*", "*)"], ["{-", "-}"], ["let a = ", " in "], ["(", ")"], ["[", "]"]],
  },
  interpolated: {
    pieces: [
      '"${', '"""$', '"\\(', '#"', "/*/*", "`a", 's"${', "<a>{", "'${", "r'", "###", '"""#{', "-> ", "///", "$/", "\"$(", "#=", "a'", "begin ",
      "'''", '"$a', "f\"{", "@\"", "$@\"{", "#if a", "[<", "${", "%{",
    ],
    nested: [['"${', '}"'], ["/*", "*/"], ["#=", "=#"], ["(", ")"], ["{", "}"], ['"\\(', ')"']],
  },
  indented: {
    pieces: [
      "a ", "#{", "| ", "-a", "a(b=", "+a", "=a", "if a", "each a in b", "a\n  ", "- if a", "a: ", "!{", "&a", "//-", "a= ", "h1. ", "|_. a", "*_a",
      '"a":', "bc. ", "p(a). ", "{{{", "!!", "@@", "<<a", "{a(", "__", "~np~", "[[a", "''", "^^", "$_",
    ],
    nested: [["(", ")"], ["#{", "}"]],
  },
  templates: {
    pieces: [
      "{% if a %}", "{{ a | b: ", "{% for a in ", "{{ a(", "{% raw %}", "{{a|b:", "<a :b='", "<a @b='", "<template>{{", "*ngFor='let ", "{#",
      "{%- a -%}", "#if(", "#set($", "$!{", "#*", "#foreach(", "{{ '", "{% comment %}", "<a (b)='", "<a [b]='", "@if(a){", "@for(", "${a.b(",
    ],
    nested: [["{{", "}}"], ["{% if a %}", "{% endif %}"], ["{{(", ")}}"], ["<a v-b='c'>", "</a>"], ["@if(a){", "}"]],
  },
  data: {
    pieces: [
      "[a.b.", "[[a", "a={", '"""', "a.b.", "'''", "[a]", "=A(", "+a", "@@ -1 +1 @@", "--- a", "GET a", "From a", "Feature: ", "|a|", "?a ", "<a ",
      "{?a ", "a:b ", "@prefix ", ":a ", "_:a", "(:", "<a>{", "for $a in ", "(module(", "(;", "::= ", "a ::= {", "a{", "RUN \\", ".a", "\\f",
      "%macro ", "if(", "do ", "!a", "⍳", "[+", ": a ", "( ", "#(", "[:a|", "1Y", "a=b=", "2024-", "a = [", "<|", "(*(*", "%%", "\"a\".",
    ],
    nested: [["[", "]"], ["{", "}"], ["(", ")"], ["(:", ":)"], ["<a>{", "}</a>"], ["a = {", "}"]],
  },
};

/** The languages whose parsers are troubled by the pieces of another one, too. */
const ALIKE = {
  javascript: ["typescript", "jsx", "tsx", "html", "vue", "coffeescript", "livescript", "haxe", "mathematica", "json", "json-ld"],
  typescript: ["tsx", "dart"],
  html: ["php", "vue", "angular template", "jinja", "liquid", "xml", "velocity", "pug", "textile"],
  css: ["scss", "sass", "less", "html", "gss", "stylus"],
  python: ["cython"],
  sql: ["pgsql", "mysql", "ms sql", "mariadb sql", "plsql", "sqlite", "cql", "esper", "cypher", "sparql", "pig"],
  yaml: ["toml", "ini"],
  xml: ["dtd", "xquery", "hxml", "html"],
  cpp: ["c", "csharp", "objective-c", "objective-cpp", "squirrel", "d", "java", "scala", "kotlin", "proto", "web idl", "mscgen", "msgenny", "xu"],
  java: ["kotlin", "scala", "groovy", "csharp", "dart"],
  rust: ["swift"],
  php: ["html"],
  shell: ["tcl", "powershell", "dockerfile", "cmake", "perl", "nginx", "puppet", "nsis", "mirc"],
  ruby: ["crystal", "julia", "coffeescript", "lua"],
  perl: ["ruby", "tcl"],
  latex: ["stex", "textile", "troff"],
  lisp: ["common lisp", "clojure", "clojurescript", "scheme", "edn", "webassembly"],
  functional: ["haskell", "ocaml", "fsharp", "dylan", "sml", "elm", "erlang", "oz", "mathematica", "pascal", "factor", "eiffel"],
  interpolated: ["kotlin", "swift", "scala", "dart", "groovy", "coffeescript", "julia", "csharp", "haxe", "livescript", "stylus"],
  indented: ["pug", "sass", "stylus", "textile", "tiddlywiki", "tiki wiki", "gherkin", "coffeescript"],
  templates: ["liquid", "jinja", "vue", "angular template", "velocity", "html"],
  data: [
    "toml", "ini", "diff", "http", "mbox", "gherkin", "sparql", "turtle", "ntriples", "xquery", "webassembly", "asn.1", "ttcn", "dockerfile",
    "troff", "sas", "fortran", "apl", "brainfuck", "forth", "factor", "smalltalk", "z80", "mathematica", "spreadsheet",
    "cobol", "verilog", "systemverilog", "vhdl", "vb", "vbscript", "idl", "r", "octave", "modelica", "ebnf", "q", "asterisk", "ecl", "fcl", "gas",
    "mumps", "pgp", "rpm changes", "rpm spec", "sieve", "solr", "ttcn_cfg", "yacas",
  ],
};

/** By their names, texts that trouble the parser of that language; each takes how many UTF-16 units it has.
 * @param {string} language an id of the catalogue
 * @returns {Record<string, (units: number) => string>} */
export function unfortunateCode(language) {
  return Object.fromEntries(kindsOf(language).flatMap((kind) => [...textsOf(kind)]));
}

/** What troubles that language's parser when it is repeated, for unfortunateText().
 * @param {string} language an id of the catalogue */
export function unfortunatePieces(language) {
  return kindsOf(language).flatMap((kind) => {
    const { pieces, nested = [] } = /** @type {(typeof PIECES)[string]} */ (PIECES[kind]);
    return [...pieces, ...nested.flat()];
  });
}

/** @param {string} language */
function kindsOf(language) {
  return Object.keys(PIECES).filter((kind) => kind === language || ALIKE[/** @type {keyof typeof ALIKE} */ (kind)]?.includes(language));
}

/** @param {string} kind
 * @returns {Generator<[name: string, (units: number) => string]>} */
function* textsOf(kind) {
  const { pieces, nested = [] } = /** @type {(typeof PIECES)[string]} */ (PIECES[kind]);
  for (const piece of pieces) {
    yield [`${kind}, lines of ${JSON.stringify(piece)}`, (units) => repeated(`${piece}\n`, units)];
    yield [`${kind}, long lines of ${JSON.stringify(piece)}`, (units) => lines(() => repeated(piece, 1_400), units)];
  }
  for (const [open, close] of nested) {
    const times = (/** @type {number} */ units) => Math.floor(units / (open.length + close.length + 2));
    yield [`${kind}, nested lines of ${JSON.stringify(open)}`, (units) => `${open}\n`.repeat(times(units)) + `${close}\n`.repeat(times(units))];
    // Half of a line opens and the other half closes.

  }
}
