#!/bin/sh
# Builds the operation kernel for the browser: the freestanding core plus
# src/wasm into build/wasm/kernel.wasm, and a copy where the front end takes it.
# Fails when the module needs anything from outside or outgrows its budget.
set -eu
cd "$(dirname "$0")/.."

out=build/wasm
budget_bytes=16384
mkdir -p $out

# Freestanding, clang takes the mem functions for strangers; under their other
# names it turns a copy of eight bytes into one load and one store.
builtins="-Dmemcpy=__builtin_memcpy -Dmemmove=__builtin_memmove -Dmemset=__builtin_memset"

objects=
for source in src/base/*.c src/text/*.c src/ot/*.c src/wasm/*.c; do
    bulk=
    case $source in
    src/base/alloc_libc.c) continue ;;    # the server's; ours is wasm/heap.c
    src/wasm/mem.c) bulk=-mbulk-memory ;; # elsewhere each copy of a struct would become one
    esac
    object=$out/$(echo "$source" | tr / _ | sed 's/c$/o/')
    # shellcheck disable=SC2086
    clang --target=wasm32 -std=c17 -Oz -flto -DNDEBUG -ffreestanding $builtins $bulk -fvisibility=hidden \
        -Wall -Wextra -Werror -Isrc -c "$source" -o "$object"
    objects="$objects $object"
done

# wasm-ld itself: clang would run whatever wasm-opt it finds on the PATH.
# shellcheck disable=SC2086
wasm-ld --no-entry --export-dynamic --strip-all --gc-sections -z stack-size=16384 --initial-memory=262144 \
    --max-memory=536870912 $objects -o $out/kernel.wasm

node --input-type=module - $out/kernel.wasm $budget_bytes <<'CHECK'
import { readFileSync } from "node:fs";
const [path, budget] = process.argv.slice(2);
const bytes = readFileSync(path);
const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
const fail = (why) => { console.error(`build-wasm: ${why}`); process.exit(1); };
if (imports.length) fail(`the module imports ${imports.map((i) => i.name).join(", ")}`);
if (bytes.length > Number(budget)) fail(`${bytes.length} bytes, more than ${budget}`);
console.log(`${path}: ${bytes.length} bytes, no imports`);
CHECK

mkdir -p frontend/src/kernel
cp $out/kernel.wasm frontend/src/kernel/kernel.wasm
