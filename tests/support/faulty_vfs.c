#include "support/faulty_vfs.h"

#include "support/random.h"

#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR_BYTES = 512 };

/* ---- the disk ---------------------------------------------------------- */

/* A write that is not synced; without bytes: a truncation to `offset`. */
struct pending {
    struct pending *next;
    int64_t offset;
    int len;
    bool is_truncation;
    char bytes[];
};

/* A file as the platters have it, and what is still on its way there. */
struct image {
    struct image *next;
    char *path;
    char *bytes;
    int64_t size;
    struct pending *first, **last;
};

static struct {
    pthread_mutex_t lock;
    struct {
        int code;
        uint32_t skip, times;
    } faults[FAULTY_OP_COUNT];
    uint32_t failures;
    bool is_recording, is_cut;
    struct image *images;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The code that this operation is told to answer; SQLITE_OK lets it through. */
static int fault(enum faulty_op op)
{
    int code = SQLITE_OK;
    pthread_mutex_lock(&disk.lock);
    if (disk.is_cut)
        code = SQLITE_IOERR;
    else if (disk.faults[op].times && disk.faults[op].skip)
        disk.faults[op].skip--;
    else if (disk.faults[op].times) {
        code = disk.faults[op].code;
        disk.failures++;
        if (disk.faults[op].times != FAULTY_ALWAYS)
            disk.faults[op].times--;
    }
    pthread_mutex_unlock(&disk.lock);
    return code;
}

static void apply(struct image *image, const struct pending *p, int len)
{
    int64_t end = p->is_truncation ? p->offset : p->offset + len;
    if (p->is_truncation || end > image->size) {
        image->bytes = realloc(image->bytes, (size_t)end + 1);
        if (end > image->size)
            memset(image->bytes + image->size, 0, (size_t)(end - image->size));
        image->size = end;
    }
    if (!p->is_truncation)
        memcpy(image->bytes + p->offset, p->bytes, (size_t)len);
}

static struct pending *take_pending(struct image *image)
{
    struct pending *p = image->first;
    if (p)
        image->first = p->next;
    if (!image->first)
        image->last = &image->first;
    return p;
}

static void remember(struct image *image, const void *bytes, int len, int64_t offset)
{
    if (!image)
        return;
    struct pending *p = malloc(sizeof *p + (size_t)len);
    *p = (struct pending){.offset = offset, .len = len, .is_truncation = !bytes};
    if (bytes)
        memcpy(p->bytes, bytes, (size_t)len);
    pthread_mutex_lock(&disk.lock);
    *image->last = p;
    image->last = &p->next;
    pthread_mutex_unlock(&disk.lock);
}

/* A sync: what was written so far will survive a power cut. */
static void apply_pending(struct image *image)
{
    if (!image)
        return;
    pthread_mutex_lock(&disk.lock);
    for (struct pending *p; (p = take_pending(image)); free(p))
        apply(image, p, p->len);
    pthread_mutex_unlock(&disk.lock);
}

static struct image **find_image(const char *path)
{
    struct image **at = &disk.images;
    while (*at && strcmp((*at)->path, path) != 0)
        at = &(*at)->next;
    return at;
}

static void drop_image(struct image **at)
{
    struct image *image = *at;
    if (!image)
        return;
    *at = image->next;
    for (struct pending *p; (p = take_pending(image));)
        free(p);
    free(image->path);
    free(image->bytes);
    free(image);
}

/* The image of a file that is being opened, made from its content. */
static struct image *image_of(const char *path, sqlite3_file *real)
{
    pthread_mutex_lock(&disk.lock);
    struct image *image = disk.is_recording && path ? *find_image(path) : NULL;
    if (disk.is_recording && path && !image) {
        image = calloc(1, sizeof *image);
        image->path = strdup(path);
        image->last = &image->first;
        sqlite3_int64 size = 0;
        real->pMethods->xFileSize(real, &size);
        image->bytes = malloc((size_t)size + 1);
        image->size = size;
        if (size)
            real->pMethods->xRead(real, image->bytes, (int)size, 0);
        image->next = disk.images;
        disk.images = image;
    }
    pthread_mutex_unlock(&disk.lock);
    return image;
}

/* ---- files ------------------------------------------------------------- */

struct faulty_file {
    sqlite3_file base;
    struct image *image; /* NULL: not recorded */
    sqlite3_file *real;  /* lies behind this struct */
};

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((struct faulty_file *)f)->real;
}

static struct image *image_behind(sqlite3_file *f)
{
    return ((struct faulty_file *)f)->image;
}

static int on_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

static int on_read(sqlite3_file *f, void *bytes, int len, sqlite3_int64 offset)
{
    int code = fault(FAULTY_READ);
    return code ? code : real_of(f)->pMethods->xRead(real_of(f), bytes, len, offset);
}

static int on_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 offset)
{
    int code = fault(FAULTY_WRITE);
    if (code)
        return code;
    remember(image_behind(f), bytes, len, offset);
    return real_of(f)->pMethods->xWrite(real_of(f), bytes, len, offset);
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int code = fault(FAULTY_TRUNCATE);
    if (code)
        return code;
    remember(image_behind(f), NULL, 0, size);
    return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int on_sync(sqlite3_file *f, int flags)
{
    int code = fault(FAULTY_SYNC);
    if (code)
        return code;
    apply_pending(image_behind(f));
    /* A real sync would only make the tests slow. */
    (void)flags;
    return SQLITE_OK;
}

static int on_file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int on_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int on_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int on_check_reserved_lock(sqlite3_file *f, int *is_locked)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), is_locked);
}

static int on_file_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int on_sector_size(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int on_device_characteristics(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int on_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), region, size, extend, out);
}

static int on_shm_lock(sqlite3_file *f, int offset, int count, int flags)
{
    bool takes_exclusive = (flags & SQLITE_SHM_LOCK) && (flags & SQLITE_SHM_EXCLUSIVE);
    int code = takes_exclusive ? fault(FAULTY_SHM_LOCK) : SQLITE_OK;
    return code ? code : real_of(f)->pMethods->xShmLock(real_of(f), offset, count, flags);
}

static void on_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int on_shm_unmap(sqlite3_file *f, int must_delete)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), must_delete);
}

/* Version 2: no memory-mapped reads, which could not be made to fail. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_file_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_reserved_lock,
    .xFileControl = on_file_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_device_characteristics,
    .xShmMap = on_shm_map,
    .xShmLock = on_shm_lock,
    .xShmBarrier = on_shm_barrier,
    .xShmUnmap = on_shm_unmap,
};

/* ---- the VFS ----------------------------------------------------------- */

static sqlite3_vfs *base;

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    (void)vfs;
    struct faulty_file *file = (struct faulty_file *)f;
    file->base.pMethods = NULL;
    int code = fault(FAULTY_OPEN);
    if (code)
        return code;
    file->real = (sqlite3_file *)(file + 1);
    file->real->pMethods = NULL;
    code = base->xOpen(base, name, file->real, flags, out_flags);
    if (code != SQLITE_OK)
        return code;
    file->base.pMethods = &METHODS;
    file->image = image_of(name, file->real);
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    pthread_mutex_lock(&disk.lock);
    bool is_cut = disk.is_cut;
    if (!is_cut)
        drop_image(find_image(name));
    pthread_mutex_unlock(&disk.lock);
    return is_cut ? SQLITE_IOERR : base->xDelete(base, name, sync_folder);
}

void faulty_vfs_register(void)
{
    static sqlite3_vfs vfs;
    if (base)
        return;
    base = sqlite3_vfs_find(NULL);
    vfs = *base;
    vfs.zName = "faulty";
    vfs.szOsFile = (int)sizeof(struct faulty_file) + base->szOsFile;
    vfs.xOpen = on_open;
    vfs.xDelete = on_delete;
    sqlite3_vfs_register(&vfs, 0);
}

/* ---- the test's side --------------------------------------------------- */

void faulty_vfs_fail(enum faulty_op op, int code, uint32_t skip, uint32_t times)
{
    pthread_mutex_lock(&disk.lock);
    disk.faults[op].code = code;
    disk.faults[op].skip = skip;
    disk.faults[op].times = times;
    pthread_mutex_unlock(&disk.lock);
}

void faulty_vfs_heal(void)
{
    pthread_mutex_lock(&disk.lock);
    memset(disk.faults, 0, sizeof disk.faults);
    disk.failures = 0;
    pthread_mutex_unlock(&disk.lock);
}

uint32_t faulty_vfs_failures(void)
{
    pthread_mutex_lock(&disk.lock);
    uint32_t failures = disk.failures;
    pthread_mutex_unlock(&disk.lock);
    return failures;
}

void faulty_vfs_record(void)
{
    pthread_mutex_lock(&disk.lock);
    disk.is_recording = true;
    pthread_mutex_unlock(&disk.lock);
}

void faulty_vfs_cut_power(void)
{
    pthread_mutex_lock(&disk.lock);
    disk.is_cut = true;
    pthread_mutex_unlock(&disk.lock);
}

/* Half of the writes got there, a quarter did not, a quarter in part. */
static void apply_by_chance(struct image *image, const struct pending *p, struct random *random)
{
    uint32_t luck = random_below(random, 4);
    uint32_t sectors = (uint32_t)p->len / SECTOR_BYTES;
    if (luck >= 2)
        apply(image, p, p->len);
    else if (luck == 1 && sectors > 0)
        apply(image, p, (int)random_below(random, sectors) * SECTOR_BYTES);
}

static void write_image(const struct image *image)
{
    int fd = open(image->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert(fd >= 0);
    ssize_t written = write(fd, image->bytes, (size_t)image->size);
    assert(written == image->size);
    (void)written;
    close(fd);
}

void faulty_vfs_restore_power(uint64_t seed)
{
    struct random random = {seed};
    pthread_mutex_lock(&disk.lock);
    while (disk.images) {
        struct image *image = disk.images;
        for (struct pending *p; (p = take_pending(image)); free(p))
            apply_by_chance(image, p, &random);
        write_image(image);
        drop_image(&disk.images);
    }
    disk.is_recording = disk.is_cut = false;
    pthread_mutex_unlock(&disk.lock);
}
