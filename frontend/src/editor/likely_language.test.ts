import { expect, test } from "vitest";
import { knownLanguage, languages } from "./language_catalogue";
import { likelyLanguage } from "./likely_language";

/** What somebody might paste, by the language that it is in. */
const SAMPLES: Record<string, string[]> = {
  python: [
    "import os\n\ndef total(prices):\n    result = 0\n    for price in prices:\n        result += price\n    return result\n",
    "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):\n        self.items.append(item)\n",
    "from dataclasses import dataclass\n\n@dataclass\nclass Point:\n    x: int\n    y: int\n",
  ],
  javascript: [
    "const fs = require('fs');\n\nfunction read(path) {\n  return fs.readFileSync(path, 'utf8');\n}\n\nconsole.log(read('a.txt'));\n",
    "import { render } from 'preact';\n\nexport const App = () => {\n  const name = 'you';\n  return name === '' ? null : name;\n};\n",
  ],
  typescript: [
    "interface User {\n  name: string;\n  age: number;\n}\n\nexport function greet(user: User): string {\n  return `Hello ${user.name}`;\n}\n",
    "type Shape = { kind: 'circle'; radius: number } | { kind: 'square'; side: number };\nconst unit: Shape = { kind: 'circle', radius: 1 };\n",
  ],
  html: ["<!DOCTYPE html>\n<html>\n<head>\n<title>Hello</title>\n</head>\n<body>\n<p>Text</p>\n</body>\n</html>\n", "<div class=\"card\">\n  <h2>Title</h2>\n  <p>Some words in it.</p>\n</div>\n"],
  xml: ['<?xml version="1.0"?>\n<catalog>\n  <book id="1">\n    <author>Somebody</author>\n  </book>\n</catalog>\n'],
  css: ["body {\n  margin: 0;\n  color: #333;\n}\n\n.card:hover {\n  background: white;\n}\n"],
  json: ['{\n  "name": "pad",\n  "version": "1.0.0",\n  "private": true,\n  "scripts": {\n    "test": "run"\n  }\n}\n', '[\n  {"id": 1, "name": "a"},\n  {"id": 2, "name": "b"}\n]\n'],
  markdown: [
    "# Minutes\n\nPresent: all of us.\n\n- [ ] send the link\n- [x] book a room\n\n## Next time\n\nSee [the plan](https://example.org).\n",
    "## What was decided\n\n| what | who |\n| --- | --- |\n| tests | Ann |\n\nMore **later**.\n",
  ],
  shell: ["#!/bin/bash\nset -euo pipefail\n\nfor file in *.txt; do\n  echo \"$file\"\ndone\n", "export PATH=$HOME/bin:$PATH\nif [ -f .env ]; then\n  . .env\nfi\n"],
  c: ["#include <stdio.h>\n\nint main(void) {\n    printf(\"hello\\n\");\n    return 0;\n}\n", "typedef struct {\n    char *data;\n    size_t length;\n} buffer;\n\nvoid buffer_free(buffer *b) {\n    free(b->data);\n}\n"],
  cpp: ["#include <iostream>\n#include <vector>\n\nint main() {\n  std::vector<int> v{1, 2, 3};\n  for (auto x : v) std::cout << x << '\\n';\n}\n"],
  java: ["package org.example;\n\nimport java.util.List;\n\npublic class Main {\n    public static void main(String[] args) {\n        System.out.println(\"hello\");\n    }\n}\n"],
  csharp: ["using System;\n\nnamespace Demo;\n\npublic class Program\n{\n    public string Name { get; set; }\n    public static void Main()\n    {\n        Console.WriteLine(\"hello\");\n    }\n}\n"],
  go: ["package main\n\nimport \"fmt\"\n\nfunc main() {\n\tname := \"you\"\n\tfmt.Println(name)\n}\n"],
  rust: ["use std::collections::HashMap;\n\nfn main() {\n    let mut seen = HashMap::new();\n    seen.insert(1, 2);\n    println!(\"{:?}\", seen);\n}\n"],
  ruby: ["require 'json'\n\nclass Greeter\n  attr_reader :name\n\n  def greet\n    puts \"Hello #{name}\"\n  end\nend\n"],
  php: ["<?php\n\nfunction add($a, $b) {\n    return $a + $b;\n}\n\necho add(1, 2);\n"],
  sql: ["SELECT name, count(*)\nFROM users\nWHERE age > 18\nGROUP BY name\nORDER BY 2 DESC;\n", "CREATE TABLE pads (\n  id INTEGER PRIMARY KEY,\n  title TEXT NOT NULL\n);\nINSERT INTO pads VALUES (1, 'a');\n"],
  yaml: ["version: \"3\"\nservices:\n  web:\n    image: nginx:latest\n    ports:\n      - \"80:80\"\n"],
  toml: ["[package]\nname = \"pad\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"1\"\n"],
  dockerfile: ["FROM debian:12 AS build\nRUN apt-get update && apt-get install -y gcc\nWORKDIR /src\nCOPY . .\nCMD [\"make\"]\n"],
  latex: ["\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n\\section{One}\nWords and $x^2$.\n\\end{document}\n"],
  diff: ["diff --git a/x.c b/x.c\nindex 1234567..89abcde 100644\n--- a/x.c\n+++ b/x.c\n@@ -1,3 +1,3 @@\n-old\n+new\n same\n"],
  kotlin: ["data class User(val name: String)\n\nfun main() {\n    val user = User(\"you\")\n    println(user?.name)\n}\n"],
  swift: ["import Foundation\n\nfunc greet(name: String) -> String {\n    return \"Hello \\(name)\"\n}\n\nprint(greet(name: \"you\"))\n"],
  lua: ["local function add(a, b)\n  return a + b\nend\n\nfor i, v in ipairs(list) do\n  print(i .. v)\nend\n"],
  perl: ["#!/usr/bin/perl\nuse strict;\nuse warnings;\n\nmy @lines = <STDIN>;\nforeach my $line (@lines) {\n    print $line if $line =~ /x/;\n}\n"],
  r: ["library(ggplot2)\n\nvalues <- c(1, 2, 3)\nmean_of <- function(x) {\n  sum(x) / length(x)\n}\n"],
  haskell: ["module Main where\n\nimport Data.List\n\nmain :: IO ()\nmain = print (sort [3, 1, 2])\n"],
};

const PROSE = [
  "Dear all,\n\nplease find the agenda for Thursday below. From now on we meet at ten.\n\nBest wishes,\nAnn\n",
  "Select your seats early.\nWhere we sit matters: the room is small.\nImport duties were discussed, too.\n",
  "Shopping: milk, bread, butter\nTime: 10:30\nPlace: the usual one, where else\n",
  "Liebe Leute,\n\nwir treffen uns am Donnerstag. Wer kommt mit? Bitte tragt euch ein:\n\nAnna\nBernd\nClara\n",
  "1 2 3 4 5\n6 7 8 9 10\n11 12 13\n",
  "def is an abbreviation of definition.\nThe class will meet again next week.\nReturn the books before then.\nIf in doubt, ask.\n",
  "Ann: shall we begin?\nBob: yes, let us begin.\nAnn: good. First point: the budget.\nBob: it is fine.\n",
  "let it be\nwhile my guitar gently weeps\nfor no one\nif I fell\n",
  "皆さん、こんにちは。\n会議は木曜日です。\nよろしくお願いします。\n",
  "",
  "\n\n\n",
];

test.each(Object.entries(SAMPLES).flatMap(([id, all]) => all.map((text): [string, string] => [id, text])))("%s is recognised", (id, text) => {
  expect(likelyLanguage(text)).toBe(id);
});

test.each(PROSE)("prose is none: %#", (text) => {
  expect(likelyLanguage(text)).toBeNull();
});

test("every language that is suggested can be chosen", () => {
  const ids = new Set(languages.map(({ id }) => id));
  for (const id of Object.keys(SAMPLES)) {
    expect(ids).toContain(id);
    expect(knownLanguage(id)).toBe(id);
  }
});

test("prose with an example of code in it is prose", () => {
  const example = SAMPLES.python![0]!.split("\n").slice(0, 4).join("\n");
  expect(likelyLanguage(PROSE[0]!.repeat(6) + example)).toBeNull();
});

test("what comes behind the first lines does not count", () => {
  expect(likelyLanguage("words and more words\n".repeat(500) + SAMPLES.go![0]!)).toBeNull();
});

// A sign that takes exponential time does not end within the time that a test has.
test.each([" ", "a", "(", "\\", "<a ", '"', "$", "-> ", "let ", "# ", "x:", ".a ", "a b "])("however many %j there are, an answer comes", (unit) => {
  const answers = [null, ...Object.keys(SAMPLES)];
  expect(answers).toContain(likelyLanguage(unit.repeat(1_000_000)));
  expect(answers).toContain(likelyLanguage(`${unit.repeat(190)}\n`.repeat(5_000)));
});
