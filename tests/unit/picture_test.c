/* link: kp_guard kp_alloc */
/* What is taken for an image, what is said of it, and what is refused. */
#include "guard/picture.h"
#include "support/unit.h"

#define PNG_OF(width, height) "\x89PNG\r\n\x1a\n\0\0\0\rIHDR" width height "\x08\x02\0\0\0\x12\x34\x56\x78"
#define WEBP_OF(chunk) "RIFF\x40\0\0\0WEBP" chunk "                "
#define BOX(len, type) "\0\0\0" len type
#define AVIF_HEAD                                                                                            \
    BOX("\x18", "ftyp")                                                                                      \
    "mif1\0\0\0\0"                                                                                           \
    "miafavif"
#define SIZE_BOX(width, height) BOX("\x14", "ispe") "\0\0\0\0" width height

static void expect_in(struct slice file, enum picture_type type, uint32_t width, uint32_t height)
{
    struct picture p = {0};
    assert_int_equal(picture_read(file, &p), OK);
    assert_int_equal(p.type, type);
    assert_int_equal(p.width, width);
    assert_int_equal(p.height, height);
}

/* On memory of just that size, so that the sanitizer sees who reads behind it. */
static void expect_refused(struct slice file, enum error why)
{
    struct picture p, before;
    memset(&before, 7, sizeof before);
    memcpy(&p, &before, sizeof p);
    char *copy = malloc(file.len + 1);
    memcpy(copy + 1, file.ptr, file.len);
    assert_int_equal(picture_read(slice_of(copy + 1, file.len), &p), why);
    assert_memory_equal(&p, &before, sizeof p);
    free(copy);
}

#define EXPECT(file, type, width, height) expect_in(SLICE(file), type, width, height)
#define REFUSE(file, why) expect_refused(SLICE(file), why)

static void the_head_says_type_and_size(void **state)
{
    (void)state;
    EXPECT(PNG_OF("\0\0\x02\x80", "\0\0\x01\xe0"), PICTURE_PNG, 640, 480);
    EXPECT("GIF89a\x80\x02\xe0\x01\0\0\0;", PICTURE_GIF, 640, 480);
    EXPECT("GIF87a\x80\x02\xe0\x01\0\0\0;", PICTURE_GIF, 640, 480);
    EXPECT(WEBP_OF("VP8 \x20\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x02\xe0\x01"), PICTURE_WEBP, 640, 480);
    EXPECT(WEBP_OF("VP8L\x20\0\0\0/\x7f\xc2\x77\0"), PICTURE_WEBP, 640, 480);
    EXPECT(WEBP_OF("VP8X\x0a\0\0\0\x10\0\0\0\x7f\x02\0\xdf\x01\0"), PICTURE_WEBP, 640, 480);
}

static void a_jpeg_says_it_behind_any_number_of_segments(void **state)
{
    (void)state;
    EXPECT("\xff\xd8\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03", PICTURE_JPEG, 640, 480);
    EXPECT("\xff\xd8\xff\xe0\0\x04"
           "ab"
           "\xff\xff\xfe\0\x03!\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03",
           PICTURE_JPEG, 640, 480);
    /* tables have numbers among those of frames */
    EXPECT("\xff\xd8\xff\xc4\0\x04"
           "ab"
           "\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03",
           PICTURE_JPEG, 640, 480);
}

static void an_avif_has_the_largest_of_its_sizes(void **state)
{
    (void)state;
    EXPECT(AVIF_HEAD BOX("\x45", "meta") "\0\0\0\0" BOX("\x09", "hdlr") "x" BOX("\x30", "iprp")
               BOX("\x28", "ipco") SIZE_BOX("\0\0\x02\x80", "\0\0\x01\xe0") BOX("\x0c", "colr") "nclx",
           PICTURE_AVIF, 640, 480);
    EXPECT(AVIF_HEAD BOX("\x44", "meta") "\0\0\0\0" BOX("\x38", "iprp") BOX("\x30", "ipco")
               SIZE_BOX("\0\0\0\x10", "\0\0\0\x10") SIZE_BOX("\0\0\x02\x80", "\0\0\x01\xe0"),
           PICTURE_AVIF, 640, 480);
}

/* Browsers make the screen of an animation as large as its frames. */
static void a_gif_is_as_large_as_its_largest_frame(void **state)
{
    (void)state;
    EXPECT("GIF89a\x01\0\x01\0\x80\0\0"
           "abcdef" /* a table of two colours */
           "!\xf9\x04"
           "abcd\0"                                 /* an extension */
           ",\x02\0\x03\0\x08\0\x10\0\0\x02\x01x\0" /* a frame at 2, 3 */
           ",\0\0\0\0\x01\0\x01\0\x80"
           "abcdef"
           "\x02\x01x\0;",
           PICTURE_GIF, 10, 19);
    REFUSE("GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x01x\0;", ERR_IMAGE_PIXELS);
}

static void what_is_no_image_of_those_types_is_refused(void **state)
{
    (void)state;
    REFUSE("", ERR_IMAGE_TYPE);
    REFUSE("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", ERR_IMAGE_TYPE);
    REFUSE("<?xml version=\"1.0\"?><svg/>", ERR_IMAGE_TYPE);
    REFUSE("<!doctype html><script>alert(1)</script>", ERR_IMAGE_TYPE);
    REFUSE("%PDF-1.7", ERR_IMAGE_TYPE);
    REFUSE("BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", ERR_IMAGE_TYPE);
    REFUSE("\0\0\x01\0\x01\0\x10\x10", ERR_IMAGE_TYPE);
    REFUSE("II*\0\x08\0\0\0", ERR_IMAGE_TYPE);
    REFUSE(" " PNG_OF("\0\0\x02\x80", "\0\0\x01\xe0"), ERR_IMAGE_TYPE);
    REFUSE("RIFF\x40\0\0\0WAVEfmt                         ", ERR_IMAGE_TYPE);
    REFUSE(BOX("\x18", "ftyp") "heic\0\0\0\0mif1heic", ERR_IMAGE_TYPE);
}

static void a_picture_of_too_many_pixels_is_refused(void **state)
{
    (void)state;
    EXPECT(PNG_OF("\0\0\x27\x10", "\0\0\x13\x88"), PICTURE_PNG, 10000, 5000); /* as many as there may be */
    REFUSE(PNG_OF("\0\0\x27\x10", "\0\0\x13\x89"), ERR_IMAGE_PIXELS);
    REFUSE(PNG_OF("\xff\xff\xff\xff", "\xff\xff\xff\xff"), ERR_IMAGE_PIXELS);
    REFUSE(PNG_OF("\0\0\0\0", "\0\0\0\x01"), ERR_IMAGE_TYPE);
    REFUSE("\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03", ERR_IMAGE_PIXELS);
    REFUSE("\xff\xd8\xff\xc0\0\x11\x08\0\0\x02\x80\x03", ERR_IMAGE_TYPE); /* the height comes later */
    REFUSE(WEBP_OF("VP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff"), ERR_IMAGE_PIXELS);
}

static void a_head_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    static const struct slice FILES[] = {
        {PNG_OF("\0\0\x02\x80", "\0\0\x01\xe0"), 33},
        {"\xff\xd8\xff\xe0\0\x04"
         "ab"
         "\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03",
         18},
        {"GIF89a\x80\x02\xe0\x01\0\0\0;", 14},
        {WEBP_OF("VP8X\x0a\0\0\0\x10\0\0\0\x7f\x02\0\xdf\x01\0"), 30},
        {AVIF_HEAD BOX("\x30", "meta") "\0\0\0\0" BOX("\x24", "iprp") BOX("\x1c", "ipco")
             SIZE_BOX("\0\0\x02\x80", "\0\0\x01\xe0"),
         72},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        struct picture p;
        assert_int_equal(picture_read(FILES[i], &p), OK);
        for (size_t len = 0; len < FILES[i].len; len++)
            expect_refused(slice_of(FILES[i].ptr, len), ERR_IMAGE_TYPE);
    }
}

/* Lengths that lead nowhere, behind the end or backwards. */
static void lengths_that_lie_end_the_search(void **state)
{
    (void)state;
    REFUSE("\xff\xd8\xff\xe0\0\0\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03", ERR_IMAGE_TYPE);
    REFUSE("\xff\xd8\xff\xe0\xff\xff\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03", ERR_IMAGE_TYPE);
    REFUSE("\xff\xd8\xff\xff\xff\xff\xff\xff", ERR_IMAGE_TYPE);
    REFUSE(AVIF_HEAD "\0\0\0\x01meta\xff\xff\xff\xff\xff\xff\xff\xff", ERR_IMAGE_TYPE);
    REFUSE(AVIF_HEAD "\0\0\0\x04meta\0\0\0\0", ERR_IMAGE_TYPE);
    REFUSE(AVIF_HEAD "\0\0\0\0meta\0\0\0\0\0\0\0\0iprp\0\0\0\0ipco\0\0\0\x07ispe", ERR_IMAGE_TYPE);
    EXPECT("GIF89a\x80\x02\xe0\x01\0\0\0!\xf9\xff", PICTURE_GIF, 640, 480); /* it ends where it ends */
}

static void every_type_has_its_media_type(void **state)
{
    (void)state;
    assert_string_equal(picture_media_type(PICTURE_PNG), "image/png");
    assert_string_equal(picture_media_type(PICTURE_AVIF), "image/avif");
    assert_null(picture_media_type(0));
    assert_null(picture_media_type(-1));
    assert_null(picture_media_type(PICTURE_AVIF + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_says_type_and_size),
        cmocka_unit_test(a_jpeg_says_it_behind_any_number_of_segments),
        cmocka_unit_test(an_avif_has_the_largest_of_its_sizes),
        cmocka_unit_test(a_gif_is_as_large_as_its_largest_frame),
        cmocka_unit_test(what_is_no_image_of_those_types_is_refused),
        cmocka_unit_test(a_picture_of_too_many_pixels_is_refused),
        cmocka_unit_test(a_head_that_is_cut_off_is_refused),
        cmocka_unit_test(lengths_that_lie_end_the_search),
        cmocka_unit_test(every_type_has_its_media_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
