# circles.awk - finds the circles of a graph.
#
#     awk -v verb=calls -f tools/circles.awk
#
# Reads edges, FROM TO THING: FROM has something to do with a thing of TO.
# Prints each strongly connected component of more than one node, and below it
# the edges that tie it, with their things:
#
#     a circle by calls: pad/cursors pad/items
#         pad/cursors calls item_changed of pad/items
#         pad/items calls cursors_free cursors_publish of pad/cursors
$1 == $2 { next }
{
    if (!(($1, $2) in things)) {
        edge_from[++edges] = $1
        edge_to[edges] = $2
        targets[$1] = targets[$1] " " $2
        add_node($1)
        add_node($2)
    }
    things[$1, $2] = things[$1, $2] $3 " "
}

function add_node(name) {
    if (!(name in known))
        node[++nodes] = name
    known[name]
}

# Marks reach[from, x] for each x that is reached from there.
function walk(from,    waiting, top, next_, count, i) {
    waiting[top = 1] = from
    while (top > 0) {
        count = split(targets[waiting[top--]], next_, " ")
        for (i = 1; i <= count; i++)
            if (!((from, next_[i]) in reach)) {
                reach[from, next_[i]]
                waiting[++top] = next_[i]
            }
    }
}

# The nodes that reach `name` and are reached from it are its circle.
function show(name,    i, members) {
    for (i = 1; i <= nodes; i++)
        if ((name, node[i]) in reach && (node[i], name) in reach) {
            circle_of[node[i]] = name
            members = members " " node[i]
        }
    print "a circle by " verb ":" members
    for (i = 1; i <= edges; i++)
        if (circle_of[edge_from[i]] == name && circle_of[edge_to[i]] == name)
            print "    " edge_from[i] " " verb " " things[edge_from[i], edge_to[i]] "of " edge_to[i]
}

END {
    for (i = 1; i <= nodes; i++)
        walk(node[i])
    for (i = 1; i <= nodes; i++)
        if ((node[i], node[i]) in reach && circle_of[node[i]] == "")
            show(node[i])
}
