#include "observe/stack.h"

#include <fcntl.h>
#include <link.h>
#include <unistd.h>
#include <unwind.h>

static struct {
    uintptr_t base, end; /* of the program in memory; base is what addr2line subtracts */
} program;

struct walk {
    uintptr_t *frames;
    size_t count, skip;
};

/* A frame that a signal interrupted is marked by the unwinder. The frames above it
 * are the handler's own and are forgotten: the capture starts there again. */
static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *arg)
{
    struct walk *w = arg;
    int is_interrupted = 0;
    const uintptr_t address = (uintptr_t)_Unwind_GetIPInfo(context, &is_interrupted);

    if (is_interrupted)
        w->count = w->skip = 0;
    if (address == 0 || w->count == STACK_FRAMES_MAX)
        return _URC_END_OF_STACK;
    if (w->skip > 0)
        w->skip--;
    else
        w->frames[w->count++] = address;
    return _URC_NO_REASON;
}

size_t stack_capture(uintptr_t frames[STACK_FRAMES_MAX], size_t skip)
{
    struct walk w = {.frames = frames, .skip = skip + 1};

    _Unwind_Backtrace(take_frame, &w);
    return w.count;
}

/* dl_iterate_phdr visits the program itself first; returning 1 ends the walk. */
static int note_program(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    (void)arg;
    program.base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        const uintptr_t end = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        if (part->p_type == PT_LOAD && end > program.end)
            program.end = end;
    }
    return 1;
}

void stack_prepare(void)
{
    uintptr_t frames[STACK_FRAMES_MAX];

    dl_iterate_phdr(note_program, NULL);
    stack_capture(frames, 0);
}

uintptr_t stack_offset(uintptr_t address)
{
    return address >= program.base && address < program.end ? address - program.base : address;
}

enum error stack_append_maps(struct buf *out)
{
    enum { PORTION = 4096 };
    const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    enum error err = OK;
    ssize_t len = fd < 0 ? 0 : 1;

    while (len > 0 && !err) {
        err = buf_reserve(out, PORTION);
        len = err ? 0 : read(fd, out->ptr + out->len, PORTION);
        if (len > 0)
            out->len += (size_t)len;
    }
    if (fd >= 0)
        close(fd);
    return err;
}
