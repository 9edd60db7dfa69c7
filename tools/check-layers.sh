#!/bin/sh
# Checks that layers stay layers:
#   * includes point one way, as the first table says, and each library is met
#     where the second says;
#   * no files use each other in a circle, by includes or by calls, but those
#     that the third table makes one;
#   * no two files of a program define the same name: linked from libraries, one
#     of the two would be taken without a word;
#   * base, text, ot and pad include no system header but the freestanding ones;
#   * compiled, they need nothing but each other and the four mem functions, so
#     they do no I/O, look at no clock, and run in the browser.
# Prints each violation and fails if there is any.
set -eu
cd "$(dirname "$0")/.."
here=$PWD

# layer: the layers that it may include, or single headers of them. Each must
# stand above it in this table; a sub-folder is a layer of its own, and of its own
# sub-folders a layer may include single headers. A folder that does not exist
# (yet) is no violation, one without a row is.
# (net needs utf8.h because the reason in a close frame is text: RFC 6455, 5.5.1;
# version.h is made by the build)
layers='
base:
text:         base
ot:           base text
wasm:         base text ot
pad:          base text ot
client:       base text ot
proto:        base text ot pad
store:        base text ot store/sqlite/engine.h store/sqlite/copy_end.h store/postgres/engine.h store/postgres/copy_end.h
store/sqlite: base text ot store
store/postgres: base text ot store
archive:      base text ot pad store/store.h
observe:      base
net:          base text/utf8.h
config:       base store/store.h net/address.h net/security_headers.h observe/log.h
guard:        base net/address.h
doc:          base text ot pad store archive guard observe
shard:        base pad proto store net guard config doc
session:      base pad proto net guard observe config doc shard
api:          base text ot pad proto store archive net guard observe config doc shard session
cli:          base text ot client version.h
app:          base store net observe config doc shard session api version.h
'

# library header, or the folder of one: the layers that may include it
libraries='
jansson.h:    proto client cli
sqlite3.h:    store/sqlite
libpq-fe.h:   store/postgres
microhttpd.h: net
wslay:        net
uv.h:         net api cli
libwebsockets.h: cli
zlib.h:       net
zstd.h:       archive
openssl:      net guard
'

# noun: the files that count as one. So do, without a row, NAME.c, NAME.h and
# NAME_private.h. Every other circle is a violation.
# (a loop runs the turns of its connections, which put themselves into its lists
# and timeouts; the three share conn_private.h, and nobody else sees it)
nouns='
net/loop: net/loop net/conn net/conn_timeout
'

freestanding='base text ot pad wasm'
freestanding_headers='stddef.h stdint.h stdbool.h stdarg.h limits.h float.h'
hosted_file=src/base/alloc_libc.c # the one place where the core meets the C library

# These define what all others have from the C library, or from each other in
# another program: they are linked in its place, not called.
stand_ins='wasm/heap wasm/mem observe/heap_hooks'

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
violations=$work/violations
: >"$violations"
violation() { echo "$*" >>"$violations"; }

rows() { printf '%s\n' "$1" | tr -d : | sed '/^$/d'; }
rows "$layers" >"$work/layers"
rows "$libraries" >"$work/libraries"
rows "$nouns" >"$work/nouns"
find src -name '*.[ch]' | sort >"$work/files"

# ---- includes ----

# file, layer, mark (" or <), header: one line for each #include
# shellcheck disable=SC2046 # file names hold no spaces
awk 'match($0, /^#include ["<][^">]*/) {
    layer = FILENAME
    sub(/^src\//, "", layer)
    sub(/\/[^\/]*$/, "", layer)
    print FILENAME, layer, substr($0, 10, 1), substr($0, 11, RLENGTH - 10)
}' $(cat "$work/files") >"$work/includes"

# The rows themselves, and every include against them.
awk -v freestanding="$freestanding" -v freestanding_headers="$freestanding_headers" -v hosted_file="$hosted_file" '
function folder_of(header) { return header ~ /\// ? substr(header, 1, match(header, /\/[^\/]*$/) - 1) : "" }
function contains(list, word) { return index(" " list " ", " " word " ") > 0 }
FNR == 1 { table++ } # of the three files
table == 1 {
    for (i = 2; i <= NF; i++) {
        allowed[$1, $i]
        if (!($i in above) && !(folder_of($i) in above) && index($i, $1 "/") != 1 && $i != "version.h")
            print "the row of " $1 " names " $i ", which is not above it"
    }
    above[$1]
}
table == 2 { for (i = 2; i <= NF; i++) meets[$1, $i]; library[$1] }
table == 3 && $3 == "<" {
    top = $4
    sub(/\/.*/, "", top)
    if (top in library && !((top, $2) in meets))
        print $1 " includes <" $4 ">: " $2 " must not meet that library"
    if (contains(freestanding, $2) && $1 != hosted_file && !contains(freestanding_headers, $4))
        print $1 " includes <" $4 ">: " $2 " has no C library"
}
table == 3 && $3 == "\"" && !(($2, $4) in allowed) {
    below = folder_of($4)
    if (below == "")
        print $1 " includes \"" $4 "\": write includes from src/ (\"" $2 "/" $4 "\")"
    else if (below != $2 && !(($2, below) in allowed))
        print $1 " includes \"" $4 "\": " $2 " must not know " below
}
' "$work/layers" "$work/libraries" "$work/includes" >>"$violations"

awk '$3 == "\"" && $4 ~ /\// { print $1, $4 }' "$work/includes" | while read -r file header; do
    [ -f "src/$header" ] || violation "$file includes \"$header\", which does not exist"
done
find src -mindepth 1 -type d | sed 's|^src/||' | while read -r folder; do
    cut -d' ' -f1 "$work/layers" | grep -qxF "$folder" ||
        violation "src/$folder is no layer: tools/check-layers.sh has no row for it"
done

# ---- circles ----

# Who calls whom is read from the sources: a file calls another one's function when it has
# its name, outside comments and strings. Compiling them would say the same, more slowly. Function
# pointers do not count. What a header has inside, macros and inline functions, calls for
# whoever uses it.
#
# Prints FROM TO NAME, one line for each name of another file that a file has, and into
# $work/definitions FILE NAME, for each that a file defines for others. The formatter sees to it
# that a definition looks like one.
call_edges() {
    # shellcheck disable=SC2046 # file names hold no spaces
    awk -v stand_ins="$stand_ins" -v definitions="$work/definitions" '
    # What is neither comment nor string.
    function code_of(text,    at, rest) {
        if (in_comment && !(at = index(text, "*/")))
            return ""
        if (in_comment)
            text = substr(text, at + 2)
        in_comment = 0
        gsub(/\\./, "", text)
        gsub(/"[^"]*"|\047[^\047]*\047/, " ", text)
        while (!in_comment && (at = index(text, "/*"))) {
            rest = substr(text, at + 2)
            text = substr(text, 1, at - 1)
            if (at = index(rest, "*/"))
                text = text " " substr(rest, at + 2)
            else
                in_comment = 1
        }
        sub(/\/\/.*/, "", text)
        return text
    }
    function name_before(text, mark) { # the name that ends where the mark begins
        if (match(text, mark))
            text = substr(text, 1, RSTART - 1)
        return match(text, /[A-Za-z_0-9]+ *$/) ? substr(text, RSTART) : ""
    }
    # At the file level: what comes before a brace or a semicolon. A function is defined at its brace, a
    # variable at the end.
    function statement(text, end,    name) {
        is_function = end == "{" && text ~ /\(/ && text !~ /=/
        if (is_function)
            name = name_before(text, "[ ]*[(]")
        else if (end == ";" && text !~ /(^| )(typedef|extern) / && text !~ /^ *(struct|enum|union) [a-z_0-9]+ *$/ &&
                 (text ~ /=/ || text !~ /\(/))
            name = name_before(text, "[ ]*(=|[[]|$)")
        if (name == "")
            return
        if (is_header)
            user = "inside " name
        else if (text ~ /(^| )static /)
            own[unit, name]
        else if (!is_stand_in(unit) && !((unit, name) in defined)) {
            defined[unit, name]
            definer[name] = unit
            print unit, name >definitions
        }
    }
    function use(text,    before, name) {
        while (match(text, /[A-Za-z_][A-Za-z_0-9]*/)) {
            before = substr(text, 1, RSTART - 1)
            name = substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            if (before ~ /(\.|->|(struct|enum|union) )$/ || (user, name) in used)
                continue
            used[user, name]
            uses[user] = uses[user] " " name
        }
    }
    function directive(text) {
        if (text ~ /^#define / && is_header)
            user = "inside " name_before(substr(text, 9), "[(]")
        is_continued = text ~ /\\$/
        if (text !~ /^#include/ && user != "")
            use(text)
        if (is_header && !is_continued)
            user = ""
    }
    FNR == 1 {
        unit = FILENAME
        sub(/^src\//, "", unit)
        is_header = sub(/\.h$/, "", unit)
        sub(/\.c$/, "", unit)
        depth = in_comment = is_continued = is_function = 0
        head = ""
        user = is_header ? "" : unit
    }
    {
        line = code_of($0)
        if (line ~ /^#/ || is_continued) {
            directive(line ($0 ~ /\\$/ ? "\\" : ""))
            next
        }
        while (match(line, /[{};]/)) {
            mark = substr(line, RSTART, 1)
            part = substr(line, 1, RSTART - 1)
            line = substr(line, RSTART + 1)
            if (depth == 0 && mark != "}")
                statement(head part, mark)
            if (user != "")
                use(part)
            if (depth == 0)
                head = mark == ";" ? "" : head part
            depth += (mark == "{") - (mark == "}")
            if (mark == "}" && depth == 0) {
                head = is_function ? "" : head "{}"
                user = is_header ? "" : unit
            }
        }
        if (depth == 0)
            head = head line " "
        if (user != "")
            use(line)
    }
    # Once each: what the file has, and what is inside of that.
    function print_calls(file, user,    names, count, i) {
        count = split(uses[user], names, " ")
        for (i = 1; i <= count; i++)
            if (!((file, names[i]) in own) && !((file, names[i]) in seen)) {
                seen[file, names[i]]
                if (names[i] in definer)
                    print file, definer[names[i]], names[i]
                if (("inside " names[i]) in uses)
                    print_calls(file, "inside " names[i])
            }
    }
    function is_stand_in(file) { return index(" " stand_ins " ", " " file " ") > 0 }
    END {
        for (user in uses)
            if (user !~ /^inside / && !is_stand_in(user))
                print_calls(user, user)
    }' $(cat "$work/files")
}

# FROM TO THING: one line for each include, by noun.
include_edges() {
    awk '$3 == "\"" && $4 ~ /\// { print $1, $4, "\"" $4 "\"" }' "$work/includes"
}

# The command line is a program of its own, and shares these with the server.
check_names() {
    awk -v shared='base text ot client' '
    {
        layer = $1
        sub(/\/.*/, "", layer)
        is_shared = index(" " shared " ", " " layer " ") > 0
        if (is_shared || layer == "cli") note("cli")
        if (is_shared || layer != "cli") note("server")
    }
    function note(program) {
        if ((program, $2) in by)
            print "src/" by[program, $2] ".c and src/" $1 ".c both define " $2
        by[program, $2] = $1
    }' "$work/definitions" | sort -u >>"$violations"
}
check_circles() { # check_circles VERB: reads edges
    awk '
    function noun(file) {
        sub(/^src\//, "", file)
        sub(/\.[cho]$/, "", file)
        sub(/_private$/, "", file)
        return file in noun_of ? noun_of[file] : file
    }
    NR == FNR { for (i = 2; i <= NF; i++) noun_of[$i] = $1; next }
    { print noun($1), noun($2), $3 }' "$work/nouns" - | sort -u |
        awk -v verb="$1" -f tools/circles.awk >>"$violations"
}

call_edges >"$work/calls"
check_names
include_edges | check_circles includes
check_circles calls <"$work/calls"

# ---- the core without a C library ----

# Everything the freestanding layers need must be in themselves or the mem
# functions. Sanitizers and stack guards have helpers in libc, so the objects
# are compiled without, on the spot.
compile_core() { # compile_core LAYER
    mkdir -p "$work/core/$1"
    # shellcheck disable=SC2086 # CC may hold flags
    (
        cd "$work/core/$1"
        find "$here/src/$1" -maxdepth 1 -name '*.c' ! -path "*/$hosted_file" -exec \
            ${CC:-cc} -std=c17 -O1 -DNDEBUG -ffreestanding -fno-stack-protector "-I$here/src" -c {} +
    ) || violation "src/$1 does not compile freestanding"
}

check_symbols() { # check_symbols LAYERS: what the last needs must be in them
    {
        printf '%s\n' memcpy memmove memset memcmp mem_alloc mem_realloc mem_free _GLOBAL_OFFSET_TABLE_
        for layer in $1; do
            find "$work/core/$layer" -name '*.o' -exec nm --defined-only --extern-only --format=posix {} + |
                cut -d' ' -f1
        done
    } | sort -u >"$work/known"
    for object in "$work/core/${1##* }"/*.o; do
        [ -f "$object" ] || continue
        nm --undefined-only --format=posix "$object" | cut -d' ' -f1 | sort -u >"$work/needed"
        comm -13 "$work/known" "$work/needed" | while read -r symbol; do
            violation "src/${1##* }/$(basename "$object" .o).c needs $symbol, which is not in $1 or mem.h"
        done
    done
}

for layer in base text ot pad; do
    compile_core $layer
done
check_symbols "base"
check_symbols "base text"
check_symbols "base text ot"
check_symbols "base text ot pad"

if [ -s "$violations" ]; then
    sed 's/^[^ ]/check-layers: &/' "$violations" >&2
    exit 1
fi
echo "check-layers: includes point one way, there are no circles, no name is defined twice, and the core" \
    "needs no C library"
