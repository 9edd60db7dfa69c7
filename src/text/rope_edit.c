/* Inserting into a rope, and deleting from it. */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/mem.h"
#include "text/rope.h"
#include "text/rope_node.h"

/* Longer texts go in a piece at a time. Wherever half a leaf is put into a
 * full one, one of its two ends is a place to cut the leaf in two. */
enum { PIECE_MAX = LEAF_MAX / 2, LEAF_GROWTH_MIN = 16 };

/* The way down from the root to a place in a leaf. It stands until nodes are
 * split or merged; path_put_leaf keeps it true when the leaf moves in memory. */
struct path {
    struct inner *inner[ROPE_HEIGHT_MAX]; /* from the root down */
    unsigned index[ROPE_HEIGHT_MAX];      /* of the child taken in each */
    unsigned height;                      /* entries used in both */
    struct rope_node *leaf;
    struct measure leaf_size; /* before the edit */
    uint32_t at_bytes;        /* in the leaf */
};

/* Text with its measure. */
struct piece {
    struct slice text;
    struct measure size;
};

/* The child that holds position *at, the left one at a border; *at is then
 * relative to it. */
static unsigned child_at(const struct inner *inner, uint32_t *at_points)
{
    unsigned i = 0;

    for (; i + 1u < inner->head.count && *at_points > inner->size[i].points; i++)
        *at_points -= inner->size[i].points;
    return i;
}

static struct path path_to(const struct rope *r, uint32_t at_points)
{
    struct path p = {.height = r->height};
    struct rope_node *node = r->root;
    struct measure size = r->size;

    for (unsigned level = 0; level < p.height; level++) {
        struct inner *inner = as_inner(node);
        unsigned i = child_at(inner, &at_points);
        p.inner[level] = inner;
        p.index[level] = i;
        node = inner->child[i];
        size = inner->size[i];
    }
    p.leaf = node;
    p.leaf_size = size;
    p.at_bytes = leaf_offset(node, size, at_points);
    return p;
}

/* Hangs the leaf, which was reallocated, into its parent. */
static void path_put_leaf(struct rope *r, struct path *p, struct rope_node *leaf)
{
    p->leaf = leaf;
    if (p->height == 0)
        r->root = leaf;
    else
        p->inner[p->height - 1]->child[p->index[p->height - 1]] = leaf;
}

/* Adds what was inserted to all sums along the path. */
static void path_add_size(struct rope *r, const struct path *p, struct measure more)
{
    for (unsigned level = 0; level < p->height; level++) {
        struct measure *size = &p->inner[level]->size[p->index[level]];
        *size = measure_add(*size, more);
    }
    r->size = measure_add(r->size, more);
}

/* insert, where the leaf has room */

/* Makes room for `need_bytes` in the leaf at the end of the path. */
static enum error grow_leaf(struct rope *r, struct path *p, uint32_t need_bytes)
{
    uint32_t cap = need_bytes + need_bytes / 2 + LEAF_GROWTH_MIN;

    if (need_bytes <= p->leaf->cap)
        return OK;
    if (cap > LEAF_MAX)
        cap = LEAF_MAX;
    struct rope_node *grown = mem_realloc(p->leaf, sizeof *grown + cap);
    if (!grown)
        return ERR_NO_MEMORY;
    grown->cap = (uint16_t)cap;
    path_put_leaf(r, p, grown);
    return OK;
}

static void leaf_insert(struct rope_node *leaf, uint32_t at_bytes, struct slice text)
{
    char *at = as_leaf(leaf)->text + at_bytes;

    memmove(at + text.len, at, leaf->count - at_bytes);
    memcpy(at, text.ptr, text.len);
    leaf->count = (uint16_t)(leaf->count + text.len);
}

/* insert, where the leaf must be cut in two */

/* Splits a full inner child in two halves. */
static enum error split_inner(struct inner *parent, unsigned i)
{
    struct inner *left = as_inner(parent->child[i]);
    struct rope_node *node = inner_new();
    struct measure moved = {0};

    if (!node)
        return ERR_NO_MEMORY;
    struct inner *right = as_inner(node);
    for (unsigned from = FANOUT / 2; from < FANOUT; from++) {
        inner_put(right, right->head.count, left->child[from], left->size[from]);
        moved = measure_add(moved, left->size[from]);
    }
    left->head.count = FANOUT / 2;
    parent->size[i] = measure_sub(parent->size[i], moved);
    inner_put(parent, i + 1, node, moved);
    return OK;
}

/* Puts a new root above the old one. */
static enum error raise_root(struct rope *r)
{
    struct rope_node *root = inner_new();

    if (!root)
        return ERR_NO_MEMORY;
    ASSERT(r->height < ROPE_HEIGHT_MAX);
    inner_put(as_inner(root), 0, r->root, r->size);
    r->root = root;
    r->height++;
    return OK;
}

/* Takes away roots that have a single child. */
static void lower_root(struct rope *r)
{
    while (r->height > 0 && r->root->count == 1) {
        struct rope_node *only = as_inner(r->root)->child[0];
        mem_free(r->root);
        r->root = only;
        r->height--;
    }
}

/* Sees to it that every inner node on the way to `at_points` has room for one
 * more child. When memory runs out half way, the tree is a valid one still. */
static enum error split_full_inners(struct rope *r, uint32_t at_points)
{
    if (r->height == 0 || r->root->count == FANOUT) {
        enum error err = raise_root(r);
        if (err)
            return err;
    }
    struct inner *inner = as_inner(r->root);
    for (unsigned height = r->height; height > 1; height--) {
        uint32_t in_child = at_points;
        unsigned i = child_at(inner, &in_child);
        if (inner->child[i]->count == FANOUT) {
            enum error err = split_inner(inner, i);
            if (err)
                return err;
            in_child = at_points;
            i = child_at(inner, &in_child);
        }
        inner = as_inner(inner->child[i]);
        at_points = in_child;
    }
    return OK;
}

/* Cuts the leaf at the place of the insertion. The text goes to the end of the
 * left part, where the next one will be typed, or, when it does not fit there,
 * to the start of the right part. `right` is empty and has room. Returns the
 * measure of the right part. */
static struct measure split_leaf(struct path *p, struct rope_node *right, struct piece piece)
{
    struct rope_node *leaf = p->leaf;
    struct slice tail = slice_from(leaf_text(leaf), p->at_bytes);
    struct measure right_size = leaf_measure(leaf, p->leaf_size, p->at_bytes, p->leaf_size.bytes);

    leaf_insert(right, 0, tail);
    leaf->count = (uint16_t)p->at_bytes;
    if (p->at_bytes + piece.text.len <= LEAF_MAX) {
        leaf_insert(leaf, p->at_bytes, piece.text);
        return right_size;
    }
    leaf_insert(right, 0, piece.text);
    return measure_add(right_size, piece.size);
}

/* Cutting nodes in two leaves halves that may be small enough to be one with
 * their neighbours, on every level of the path. */
static void merge_along(struct rope *r, const struct path *p)
{
    for (unsigned level = p->height; level-- > 0;) {
        unsigned i = p->index[level], last = level + 1 == p->height ? i + 1 : i;
        inner_merge(p->inner[level], p->height - level, i, last);
    }
    lower_root(r);
}

/* Makes both parts of a cut at the end of the path: the leaf and *right have
 * the room that split_leaf needs. */
static enum error prepare_cut(struct rope *r, struct path *p, uint32_t more_bytes, struct rope_node **right)
{
    uint32_t left_bytes = p->at_bytes + more_bytes, right_bytes = p->leaf_size.bytes - p->at_bytes;
    enum error err = OK;

    ASSERT(p->leaf->cap >= LEAF_CAP_MIN); /* it is more than half full */
    if (left_bytes <= LEAF_MAX)
        err = grow_leaf(r, p, left_bytes);
    else
        right_bytes += more_bytes;
    if (err)
        return err;
    *right = leaf_new(right_bytes > LEAF_CAP_MIN ? right_bytes : LEAF_CAP_MIN);
    return *right ? OK : ERR_NO_MEMORY;
}

static enum error insert_splitting(struct rope *r, uint32_t at_points, struct piece piece)
{
    struct rope_node *right = NULL;
    enum error err = split_full_inners(r, at_points);
    struct path p = path_to(r, at_points);

    if (!err)
        err = prepare_cut(r, &p, piece.size.bytes, &right);
    if (err) {
        lower_root(r); /* split_full_inners may have raised it for nothing */
        return err;
    }
    /* Nothing can fail from here on. */
    struct inner *parent = p.inner[p.height - 1];
    unsigned i = p.index[p.height - 1];
    path_add_size(r, &p, piece.size);
    struct measure right_size = split_leaf(&p, right, piece);
    parent->size[i] = measure_sub(parent->size[i], right_size);
    inner_put(parent, i + 1, right, right_size);
    merge_along(r, &p);
    return OK;
}

static enum error insert_piece(struct rope *r, uint32_t at_points, struct piece piece)
{
    struct path p = path_to(r, at_points);

    if (p.leaf->count + piece.size.bytes > LEAF_MAX)
        return insert_splitting(r, at_points, piece);

    enum error err = grow_leaf(r, &p, p.leaf->count + piece.size.bytes);
    if (err)
        return err;
    leaf_insert(p.leaf, p.at_bytes, piece.text);
    path_add_size(r, &p, piece.size);
    return OK;
}

/* The longest start of `text` that is a piece and ends between code points. */
static struct piece first_piece(struct slice text)
{
    struct slice start = text;

    if (text.len > PIECE_MAX) {
        start.len = PIECE_MAX;
        while (((uint8_t)text.ptr[start.len] & 0xc0) == 0x80)
            start.len--;
    }
    return (struct piece){start, utf8_measure(start)};
}

enum error rope_insert(struct rope *r, uint32_t at_points, struct slice text)
{
    uint32_t at = at_points;

    ASSERT(at_points <= r->size.points);
    if (text.len == 0)
        return OK;
    if (!r->root)
        return rope_from_text(r, text);
    if (text.len > ROPE_BYTES_MAX - r->size.bytes)
        return ERR_NO_MEMORY;
    while (text.len > 0) {
        struct piece piece = first_piece(text);
        enum error err = insert_piece(r, at, piece);
        if (err) { /* takes out the pieces that went in before */
            rope_delete(r, at_points, at - at_points);
            return err;
        }
        at += piece.size.points;
        text = slice_from(text, piece.text.len);
    }
    return OK;
}

/* delete */

static struct measure delete_in_leaf(struct rope_node *leaf, struct measure size, uint32_t at, uint32_t count)
{
    uint32_t from = leaf_offset(leaf, size, at), to = leaf_offset(leaf, size, at + count);
    struct measure deleted = leaf_measure(leaf, size, from, to);
    char *text = as_leaf(leaf)->text;

    memmove(text + from, text + to, size.bytes - to);
    leaf->count = (uint16_t)(size.bytes - deleted.bytes);
    return deleted;
}

/* Deletes a part, not the whole, of a subtree; gives the measure of it. */
static struct measure delete_in_node(struct rope_node *node, unsigned height, struct measure size,
                                     uint32_t at, uint32_t count)
{
    struct inner *inner = as_inner(node);
    struct measure deleted = {0};

    if (height == 0)
        return delete_in_leaf(node, size, at, count);

    unsigned i = 0;
    for (; at >= inner->size[i].points; i++)
        at -= inner->size[i].points;
    unsigned first = i;
    bool is_thinner = height == 1; /* some child has fewer bytes or children: neighbours may have to merge */
    while (count > 0) {
        uint32_t points = inner->size[i].points, part = points - at < count ? points - at : count;
        struct measure gone = inner->size[i]; /* the whole child, unless only a part goes */
        struct rope_node *child = inner->child[i];
        if (part == points) {
            node_free(child, height - 1);
            inner_del(inner, i);
            is_thinner = true;
        } else {
            unsigned before = child->count;
            gone = delete_in_node(child, height - 1, gone, at, part);
            inner->size[i] = measure_sub(inner->size[i], gone);
            is_thinner = is_thinner || child->count != before;
            i++;
        }
        deleted = measure_add(deleted, gone);
        count -= part;
        at = 0;
    }
    if (is_thinner)
        inner_merge(inner, height, first, first + 1);
    return deleted;
}

void rope_delete(struct rope *r, uint32_t at_points, uint32_t count_points)
{
    ASSERT(at_points <= r->size.points && count_points <= r->size.points - at_points);
    if (count_points == 0)
        return;
    if (count_points == r->size.points) {
        rope_deinit(r);
        return;
    }
    struct measure deleted = delete_in_node(r->root, r->height, r->size, at_points, count_points);
    r->size = measure_sub(r->size, deleted);
    lower_root(r);
}
