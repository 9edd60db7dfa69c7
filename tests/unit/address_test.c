/* link: kp_net kp_core kp_alloc */
/* Addresses, networks, and the client behind the proxies. */
#include "net/address.h"
#include "support/unit.h"

#include <netinet/in.h>

static struct address addr(const char *text)
{
    struct address a;

    assert_true(address_parse(slice_from_cstr(text), &a));
    return a;
}

static void text_comes_back_in_its_usual_form(void **state)
{
    static const char *const rows[][2] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"2001:DB8:0:0::1", "2001:db8::1"},
        {"::", "::"},
        {"::1", "::1"},
        {"0.0.0.0", "0.0.0.0"},
    };
    char out[ADDRESS_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(address_format(addr(rows[i][0]), out), strlen(rows[i][1]));
        assert_string_equal(out, rows[i][1]);
    }
}

static void nonsense_is_refused(void **state)
{
    static const char *const rows[] = {"",          "1.2.3", "1.2.3.256", "1.2.3.4 ",    " ::1",   "::1%eth0",
                                       "1.2.3.4:5", "[::1]", "::g",       "example.org", "1::2::3"};
    struct address a;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(address_parse(slice_from_cstr(rows[i]), &a));
    assert_false(address_parse(SLICE("1.2.3.4\0x"), &a));
}

static void socket_addresses_of_both_families_are_read(void **state)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr other = {.sa_family = AF_UNIX};
    struct address a;

    (void)state;
    assert_true(address_from_sockaddr((struct sockaddr *)&v4, &a));
    assert_true(address_equal(a, addr("192.0.2.1")));
    assert_true(address_from_sockaddr((struct sockaddr *)&v6, &a));
    assert_true(address_equal(a, addr("::1")));
    assert_false(address_from_sockaddr(&other, &a));
}

static void a_customer_is_a_64_in_ipv6_and_an_address_in_ipv4(void **state)
{
    (void)state;
    assert_true(address_equal(address_limit_key(addr("2001:db8:1:2:3:4:5:6")), addr("2001:db8:1:2::")));
    assert_true(address_equal(address_limit_key(addr("192.0.2.77")), addr("192.0.2.77")));
}

static bool contains(const char *network, const char *address)
{
    struct network n;

    assert_true(network_parse(slice_from_cstr(network), &n));
    return network_contains(n, addr(address));
}

static void networks_contain_what_their_prefix_says(void **state)
{
    (void)state;
    assert_true(contains("10.0.0.0/8", "10.255.1.2"));
    assert_false(contains("10.0.0.0/8", "11.0.0.0"));
    assert_true(contains("192.168.1.4", "192.168.1.4"));
    assert_false(contains("192.168.1.4", "192.168.1.5"));
    assert_true(contains("172.16.0.0/12", "172.31.255.255"));
    assert_false(contains("172.16.0.0/12", "172.32.0.0"));
    assert_true(contains("0.0.0.0/0", "8.8.8.8"));
    assert_false(contains("0.0.0.0/0", "2001:db8::1"));
    assert_true(contains("::/0", "8.8.8.8"));
    assert_true(contains("fd00::/8", "fdff::1"));
    assert_false(contains("::1", "::2"));
}

static void malformed_networks_are_refused(void **state)
{
    static const char *const rows[] = {
        "",       "10.0.0.0/33", "10.0.0.0/", "/8",          "10.0.0.0/-1", "10.0.0.0/8x",
        "::/129", "::/0128",     "10.0.0/8",  "10.0.0.0/8/8"};
    struct network n;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(network_parse(slice_from_cstr(rows[i]), &n));
}

static void expect_client(const char *peer, const char *forwarded, const char *client)
{
    struct network trusted[2];
    char out[ADDRESS_TEXT_MAX];

    assert_true(network_parse(SLICE("127.0.0.0/8"), &trusted[0]));
    assert_true(network_parse(SLICE("10.0.0.0/8"), &trusted[1]));
    address_format(address_behind_proxies(addr(peer), slice_from_cstr(forwarded), trusted, 2), out);
    assert_string_equal(out, client);
}

static void the_client_is_the_last_that_no_trusted_proxy_vouches_for(void **state)
{
    (void)state;
    expect_client("127.0.0.1", "", "127.0.0.1");
    expect_client("127.0.0.1", "203.0.113.9", "203.0.113.9");
    expect_client("127.0.0.1", "203.0.113.9, 10.1.1.1", "203.0.113.9");
    /* what the client itself wrote in front is not believed */
    expect_client("127.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9");
    expect_client("127.0.0.1", "127.0.0.1,203.0.113.9,10.1.1.1", "203.0.113.9");
    /* a stranger's header counts nothing */
    expect_client("198.51.100.1", "203.0.113.9", "198.51.100.1");
    /* malformed entries end the walk at the last known address */
    expect_client("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1");
    expect_client("127.0.0.1", "203.0.113.9, , 10.1.1.1", "10.1.1.1");
    expect_client("127.0.0.1", ",", "127.0.0.1");
    expect_client("127.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2");
    /* with ports */
    expect_client("127.0.0.1", "203.0.113.9:4711", "203.0.113.9");
    expect_client("127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7");
    expect_client("127.0.0.1", "2001:db8::7", "2001:db8::7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_back_in_its_usual_form),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(socket_addresses_of_both_families_are_read),
        cmocka_unit_test(a_customer_is_a_64_in_ipv6_and_an_address_in_ipv4),
        cmocka_unit_test(networks_contain_what_their_prefix_says),
        cmocka_unit_test(malformed_networks_are_refused),
        cmocka_unit_test(the_client_is_the_last_that_no_trusted_proxy_vouches_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
