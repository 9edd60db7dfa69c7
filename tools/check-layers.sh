#!/bin/sh
# Checks that layers stay layers:
#   * includes point one way, as the table below says;
#   * base, text, ot and pad include no system header but the freestanding ones;
#   * compiled, they need nothing but each other and the four mem functions, so
#     they do no I/O, look at no clock, and run in the browser.
# Prints one line for each violation and fails if there is any.
set -eu
cd "$(dirname "$0")/.."

# layer: the layers below it that it may include, or single headers of them
# (net needs utf8.h because the reason in a close frame is text: RFC 6455, 5.5.1)
layers='
base:
text: base
ot: base text
wasm: base text ot
pad: base text ot
proto: base text ot pad
store: base text ot
net: base text/utf8.h
observe: base
config: base store/store.h net/address.h net/security_headers.h observe/log.h
guard: base net/address.h
doc: base text ot pad store guard observe
shard: base pad proto store net guard config doc
session: base pad proto net guard observe config doc shard
api: base text pad proto store net guard observe config doc shard session
app: base store net observe config doc shard session api
'
freestanding='base text ot pad wasm'
freestanding_headers='stddef.h stdint.h stdbool.h stdarg.h limits.h float.h'
hosted_file=src/base/alloc_libc.c # the one place where the core meets the C library
generated_headers=version.h       # made by the build, for app

failed=0
violation() {
    echo "check-layers: $*" >&2
    failed=1
}

contains() { # contains WORD LIST
    case " $2 " in *" $1 "*) return 0 ;; esac
    return 1
}

check_include() { # check_include FILE LAYER ALLOWED HEADER
    below=${4%%/*}
    case $4 in
    */*) ;;
    *)
        [ "$2" = app ] && contains "$4" "$generated_headers" && return
        violation "$1 includes \"$4\": write includes from src/ (\"$2/$4\")"
        return
        ;;
    esac
    [ "$below" = "$2" ] || contains "$below" "$3" || contains "$4" "$3" ||
        violation "$1 includes \"$4\": $2 must not know $below"
    [ -f "src/$4" ] || violation "$1 includes \"$4\", which does not exist"
}

check_layer() { # check_layer LAYER ALLOWED
    for file in src/"$1"/*.[ch]; do
        [ -f "$file" ] || continue
        # shellcheck disable=SC2013 # header names hold no spaces
        for header in $(sed -n 's/^#include "\(.*\)".*/\1/p' "$file"); do
            check_include "$file" "$1" "$2" "$header"
        done
        contains "$1" "$freestanding" || continue
        [ "$file" != $hosted_file ] || continue
        # shellcheck disable=SC2013
        for header in $(sed -n 's/^#include <\(.*\)>.*/\1/p' "$file"); do
            contains "$header" "$freestanding_headers" ||
                violation "$file includes <$header>: $1 has no C library"
        done
    done
}

# Everything the freestanding layers need must be in themselves or the mem
# functions. Sanitizers and stack guards have helpers in libc, so the objects
# are compiled without, on the spot.
objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT

compile_layer() { # compile_layer LAYER
    for file in src/"$1"/*.c; do
        if [ -f "$file" ] && [ "$file" != $hosted_file ]; then
            ${CC:-cc} -std=c17 -O1 -DNDEBUG -ffreestanding -fno-stack-protector -Isrc -c "$file" \
                -o "$objects/$1-$(basename "$file" .c).o" || violation "$file does not compile freestanding"
        fi
    done
}

check_symbols() { # check_symbols LAYER LAYERS: what LAYER needs must be in LAYERS
    {
        printf '%s\n' memcpy memmove memset memcmp mem_alloc mem_realloc mem_free _GLOBAL_OFFSET_TABLE_
        for layer in $2; do
            nm --defined-only --extern-only --format=posix "$objects/$layer"-*.o 2>/dev/null | cut -d' ' -f1
        done
    } | sort -u >"$objects/known"
    for object in "$objects/$1"-*.o; do
        [ -f "$object" ] || continue
        nm --undefined-only --format=posix "$object" | cut -d' ' -f1 | sort -u >"$objects/needed"
        comm -13 "$objects/known" "$objects/needed" >"$objects/missing"
        while read -r symbol; do
            violation "src/$1/$(basename "${object#*-}" .o).c needs $symbol, which is not in $2 or mem.h"
        done <"$objects/missing"
    done
}

while IFS=: read -r layer allowed; do
    [ -z "$layer" ] || check_layer "$layer" "${allowed# }"
done <<EOF
$layers
EOF
for folder in src/*/; do
    case $layers in *"
$(basename "$folder"):"*) ;; *) violation "$folder is no layer: tools/check-layers.sh has no row for it" ;; esac
done
for layer in base text ot pad; do
    compile_layer $layer
done
check_symbols base "base"
check_symbols text "base text"
check_symbols ot "base text ot"
check_symbols pad "base text ot pad"

[ $failed -eq 0 ] && echo "check-layers: includes point one way; the core needs no C library"
exit $failed
