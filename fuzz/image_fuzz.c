/* link: kp_guard kp_alloc */
/* What somebody sends as an image.
 *
 * Laws: what is accepted has a type that browsers are told, and a size within bounds; what is refused
 * leaves the result alone; the type follows from the first bytes, whatever comes behind them. */
#include "guard/picture.h"

#include <stdlib.h>
#include <string.h>

#define LAW(holds)                                                                                           \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture picture, before;
    memset(&before, 7, sizeof before);
    memcpy(&picture, &before, sizeof picture);
    enum error err = picture_read(slice_of(data, size), &picture);
    LAW(err == OK || err == ERR_IMAGE_TYPE || err == ERR_IMAGE_PIXELS);
    if (err) {
        LAW(memcmp(&picture, &before, sizeof picture) == 0);
        return 0;
    }
    LAW(picture_media_type(picture.type));
    LAW(picture.width > 0 && picture.height > 0);
    LAW((uint64_t)picture.width * picture.height <= PICTURE_PIXELS_MAX);
    LAW(data[0] != '<');
    return 0;
}
