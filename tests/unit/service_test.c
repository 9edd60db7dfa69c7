/* link: kp_app kp_alloc */
/* What a service manager gives and hears: sockets and variables of its own. */
#include "app/service.h"
#include "support/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HANDED_OVER = 3 };

static struct service service;
static char message[512];

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
    assert_int_equal(service_open(&service, message), OK);
    assert_int_equal(service.listen_fd, 0);
    assert_int_equal(service.watchdog_ms, 0);
    service_ready(&service, "Serving");
    service_stopping(&service);
    service_close(&service);
}

static void says_what_it_does(void **state)
{
    (void)state;
    char name[64];
    int manager = open_manager(name);

    assert_int_equal(service_open(&service, message), OK);
    assert_null(getenv("NOTIFY_SOCKET"));
    service_ready(&service, "Serving");
    assert_told(manager, "READY=1\nSTATUS=Serving");
    service_reloading(&service);
    assert_told(manager, "RELOADING=1\nMONOTONIC_USEC=");
    service_alive(&service);
    assert_told(manager, "WATCHDOG=1");
    service_stopping(&service);
    assert_told(manager, "STOPPING=1\n");
    close(manager);
    service_alive(&service); /* a manager that has gone harms nobody */
    service_close(&service);
}

static void a_socket_path_that_is_none_is_left_alone(void **state)
{
    (void)state;
    setenv("NOTIFY_SOCKET", "relative/path", 1);
    assert_int_equal(service_open(&service, message), OK);
    assert_int_equal(service.notify_fd, -1);
}

static void the_watchdog_is_for_the_named_process(void **state)
{
    (void)state;
    setenv("WATCHDOG_USEC", "30000000", 1);
    set_pid("WATCHDOG_PID", getpid());
    assert_int_equal(service_open(&service, message), OK);
    assert_int_equal(service.watchdog_ms, 30000);

    setenv("WATCHDOG_USEC", "30000000", 1);
    set_pid("WATCHDOG_PID", getpid() + 1);
    assert_int_equal(service_open(&service, message), OK);
    assert_int_equal(service.watchdog_ms, 0);
}

static void takes_the_listening_socket(void **state)
{
    (void)state;
    hand_over(AF_INET, SOCK_STREAM, true);
    assert_int_equal(service_open(&service, message), OK);
    assert_int_equal(service.listen_fd, HANDED_OVER);
    assert_true(fcntl(HANDED_OVER, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(HANDED_OVER, F_GETFL) & O_NONBLOCK);
    assert_null(getenv("LISTEN_FDS"));
    close(HANDED_OVER);
}

static void a_socket_for_somebody_else_is_left_alone(void **state)
{
    (void)state;
    hand_over(AF_INET, SOCK_STREAM, true);
    set_pid("LISTEN_PID", getpid() + 1);
    assert_int_equal(service_open(&service, message), OK);
    assert_int_equal(service.listen_fd, 0);
    close(HANDED_OVER);
}

static void assert_refused(void)
{
    assert_int_equal(service_open(&service, message), ERR_BAD_REQUEST);
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
        cmocka_unit_test_setup(a_socket_path_that_is_none_is_left_alone, forget),
        cmocka_unit_test_setup(the_watchdog_is_for_the_named_process, forget),
        cmocka_unit_test_setup(takes_the_listening_socket, forget),
        cmocka_unit_test_setup(a_socket_for_somebody_else_is_left_alone, forget),
        cmocka_unit_test_setup(refuses_what_it_cannot_serve, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
