/* link: kp_app kp_alloc */
/* What a service manager gives and hears: sockets and variables of its own. */
#include "app/sd_notify.h"
#include "support/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HANDED_OVER = 3 };

static struct sd_notify notify;
static char message[512];

static enum error open_service(void)
{
    return sd_notify_open(&notify, "::1", 3030, message);
}

static int forget(void **state)
{
    (void)state;
    static const char *const names[] = {"NOTIFY_SOCKET", "LISTEN_PID",   "LISTEN_FDS", "LISTEN_FDNAMES",
                                        "WATCHDOG_USEC", "WATCHDOG_PID", NULL};
    for (size_t i = 0; names[i]; i++)
        unsetenv(names[i]);
    message[0] = '\0';
    return 0;
}

static void set_pid(const char *name, pid_t pid)
{
    char text[16];
    snprintf(text, sizeof text, "%d", (int)pid);
    setenv(name, text, 1);
}

/* A manager's end: a datagram socket in the abstract namespace. */
static int open_manager(char name[64])
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    snprintf(name, 64, "@kolabpad-service-test-%d", (int)getpid());
    memcpy(at.sun_path + 1, name + 1, strlen(name) - 1);
    assert_int_equal(
        bind(fd, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
        0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void assert_told(int manager, const char *expected)
{
    char told[256] = {0};
    assert_true(recv(manager, told, sizeof told - 1, 0) > 0);
    if (strncmp(told, expected, strlen(expected)) != 0)
        fail_msg("told \"%s\", not \"%s\"", told, expected);
}

/* At descriptor 3, as a manager would; `type` and `listens` are what to get wrong. */
static void hand_over(int family, int type, bool listens)
{
    int fd = socket(family, type, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    if (family == AF_INET)
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    if (listens)
        assert_int_equal(listen(fd, 4), 0);
    if (fd != HANDED_OVER) {
        assert_int_equal(dup2(fd, HANDED_OVER), HANDED_OVER);
        close(fd);
    }
    set_pid("LISTEN_PID", getpid());
    setenv("LISTEN_FDS", "1", 1);
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.listen_fd, 0);
    assert_int_equal(notify.watchdog_ms, 0);
    sd_notify_ready(&notify, "Serving");
    sd_notify_stopping(&notify);
    sd_notify_close(&notify);
}

static void says_what_it_does(void **state)
{
    (void)state;
    char name[64];
    int manager = open_manager(name);

    assert_int_equal(open_service(), OK);
    assert_null(getenv("NOTIFY_SOCKET"));
    sd_notify_ready(&notify, "Serving");
    assert_told(manager, "READY=1\nSTATUS=Serving");
    sd_notify_reloading(&notify);
    assert_told(manager, "RELOADING=1\nMONOTONIC_USEC=");
    sd_notify_alive(&notify);
    assert_told(manager, "WATCHDOG=1");
    sd_notify_stopping(&notify);
    assert_told(manager, "STOPPING=1\n");
    close(manager);
    sd_notify_alive(&notify); /* a manager that has gone harms nobody */
    sd_notify_close(&notify);
}

static void gives_its_socket_to_be_kept(void **state)
{
    (void)state;
    char name[64], told[256] = {0}, control[CMSG_SPACE(sizeof(int))];
    int manager = open_manager(name), sent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct iovec part = {.iov_base = told, .iov_len = sizeof told - 1};
    struct msghdr got = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};

    assert_int_equal(open_service(), OK);
    assert_true(sd_notify_can_keep(&notify));
    sd_notify_keep(&notify, sent);
    assert_true(recvmsg(manager, &got, 0) > 0);
    assert_string_equal(told, "FDSTORE=1\nFDNAME=listen-__1-3030");
    struct cmsghdr *header = CMSG_FIRSTHDR(&got);
    assert_non_null(header);
    assert_int_equal(header->cmsg_type, SCM_RIGHTS);
    int received;
    memcpy(&received, CMSG_DATA(header), sizeof received);
    assert_true(fcntl(received, F_GETFD) >= 0);
    close(received);
    close(sent);
    close(manager);
    sd_notify_close(&notify);
}

static void a_socket_path_that_is_none_is_left_alone(void **state)
{
    (void)state;
    setenv("NOTIFY_SOCKET", "relative/path", 1);
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.notify_fd, -1);
}

static void the_watchdog_is_for_the_named_process(void **state)
{
    (void)state;
    setenv("WATCHDOG_USEC", "30000000", 1);
    set_pid("WATCHDOG_PID", getpid());
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.watchdog_ms, 30000);

    setenv("WATCHDOG_USEC", "30000000", 1);
    set_pid("WATCHDOG_PID", getpid() + 1);
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.watchdog_ms, 0);
}

static void takes_the_listening_socket(void **state)
{
    (void)state;
    hand_over(AF_INET, SOCK_STREAM, true);
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.listen_fd, HANDED_OVER);
    assert_true(fcntl(HANDED_OVER, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(HANDED_OVER, F_GETFL) & O_NONBLOCK);
    assert_null(getenv("LISTEN_FDS"));
    close(HANDED_OVER);
}

static void takes_back_what_was_kept(void **state)
{
    (void)state;
    hand_over(AF_INET, SOCK_STREAM, true);
    setenv("LISTEN_FDNAMES", "listen-__1-3030", 1);
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.listen_fd, HANDED_OVER);
    close(HANDED_OVER);
}

static void what_was_kept_for_another_address_is_given_up(void **state)
{
    (void)state;
    char name[64];
    int manager = open_manager(name);

    if (manager == HANDED_OVER)
        manager = fcntl(manager, F_DUPFD_CLOEXEC, HANDED_OVER + 1);
    hand_over(AF_INET, SOCK_STREAM, true);
    setenv("LISTEN_FDNAMES", "listen-all-8080", 1);
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.listen_fd, 0);
    assert_told(manager, "FDSTOREREMOVE=1\nFDNAME=listen-all-8080");
    close(manager);
    sd_notify_close(&notify);
}

static void a_socket_for_somebody_else_is_left_alone(void **state)
{
    (void)state;
    hand_over(AF_INET, SOCK_STREAM, true);
    set_pid("LISTEN_PID", getpid() + 1);
    assert_int_equal(open_service(), OK);
    assert_int_equal(notify.listen_fd, 0);
    close(HANDED_OVER);
}

static void assert_refused(void)
{
    assert_int_equal(open_service(), ERR_BAD_REQUEST);
    assert_non_null(strstr(message, "one listening TCP socket"));
    close(HANDED_OVER);
}

static void refuses_what_it_cannot_serve(void **state)
{
    (void)state;
    hand_over(AF_INET, SOCK_DGRAM, false);
    assert_refused();
    hand_over(AF_INET, SOCK_STREAM, false);
    assert_refused();
    hand_over(AF_UNIX, SOCK_STREAM, false);
    assert_refused();
    hand_over(AF_INET, SOCK_STREAM, true);
    setenv("LISTEN_FDS", "2", 1);
    assert_refused();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_a_manager_nothing_happens, forget),
        cmocka_unit_test_setup(says_what_it_does, forget),
        cmocka_unit_test_setup(gives_its_socket_to_be_kept, forget),
        cmocka_unit_test_setup(a_socket_path_that_is_none_is_left_alone, forget),
        cmocka_unit_test_setup(the_watchdog_is_for_the_named_process, forget),
        cmocka_unit_test_setup(takes_the_listening_socket, forget),
        cmocka_unit_test_setup(takes_back_what_was_kept, forget),
        cmocka_unit_test_setup(what_was_kept_for_another_address_is_given_up, forget),
        cmocka_unit_test_setup(a_socket_for_somebody_else_is_left_alone, forget),
        cmocka_unit_test_setup(refuses_what_it_cannot_serve, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
