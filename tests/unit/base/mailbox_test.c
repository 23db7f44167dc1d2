#include "base/mailbox.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define N_POSTERS 4
#define N_LETTERS 5000
#define DEADLINE_MS 20000

struct letter {
    struct mail mail;
    int poster;
    int number;
};

struct reader {
    int next[N_POSTERS];
    int n_read;
    bool in_order;
};

struct poster {
    struct mailbox *mailbox;
    struct letter letters[N_LETTERS];
    bool in_chains;
};

static bool readable(const struct mailbox *mailbox, int timeout_ms)
{
    struct pollfd watched = {.fd = mailbox->fd, .events = POLLIN};

    return poll(&watched, 1, timeout_ms) == 1;
}

static void read_letter(struct mail *mail, void *receiver)
{
    struct letter *letter = (struct letter *)mail;
    struct reader *reader = receiver;

    reader->in_order = reader->in_order && letter->number == reader->next[letter->poster];
    reader->next[letter->poster]++;
    reader->n_read++;
}

static struct letter make_letter(int poster, int number)
{
    return (struct letter){.mail.deliver = read_letter, .poster = poster, .number = number};
}

static void mail_comes_in_the_order_of_posting(void **state)
{
    struct letter letters[3] = {make_letter(0, 0), make_letter(0, 1), make_letter(0, 2)};
    struct reader reader = {.in_order = true};
    struct mailbox mailbox;

    assert_int_equal(mailbox_init(&mailbox), 0);
    for (int i = 0; i < 3; i++)
        mailbox_post(&mailbox, &letters[i].mail);
    mailbox_deliver(&mailbox, &reader);

    assert_int_equal(reader.n_read, 3);
    assert_true(reader.in_order);
    mailbox_deinit(&mailbox);
}

static void descriptor_is_readable_exactly_while_mail_waits(void **state)
{
    struct letter letters[2] = {make_letter(0, 0), make_letter(0, 1)};
    struct mailbox mailbox;

    assert_int_equal(mailbox_init(&mailbox), 0);
    assert_false(readable(&mailbox, 0));
    mailbox_post(&mailbox, &letters[0].mail);
    assert_true(readable(&mailbox, 0));
    mailbox_post(&mailbox, &letters[1].mail);
    assert_true(readable(&mailbox, 0));

    assert_ptr_equal(mailbox_take(&mailbox), &letters[0].mail);
    assert_false(readable(&mailbox, 0));
    assert_null(mailbox_take(&mailbox));
    mailbox_deinit(&mailbox);
}

static void chain_is_delivered_whole_and_behind_what_waited(void **state)
{
    struct letter letters[4] = {make_letter(0, 0), make_letter(0, 1), make_letter(0, 2), make_letter(0, 3)};
    struct reader reader = {.in_order = true};
    struct mailbox mailbox;

    assert_int_equal(mailbox_init(&mailbox), 0);
    mailbox_post(&mailbox, &letters[0].mail);
    letters[1].mail.next = &letters[2].mail;
    mailbox_post_chain(&mailbox, &letters[1].mail, &letters[2].mail);
    mailbox_post(&mailbox, &letters[3].mail);
    mailbox_deliver(&mailbox, &reader);

    assert_int_equal(reader.n_read, 4);
    assert_true(reader.in_order);
    mailbox_deinit(&mailbox);
}

static void *post_letters(void *argument)
{
    struct poster *poster = argument;

    for (int i = 0; i < N_LETTERS; i++) {
        if (poster->in_chains && i + 1 < N_LETTERS) {
            poster->letters[i].mail.next = &poster->letters[i + 1].mail;
            mailbox_post_chain(poster->mailbox, &poster->letters[i].mail, &poster->letters[i + 1].mail);
            i++;
        } else {
            mailbox_post(poster->mailbox, &poster->letters[i].mail);
        }
    }
    return NULL;
}

static void nothing_is_lost_when_many_threads_post(void **state)
{
    static struct poster posters[N_POSTERS];
    struct reader reader = {.in_order = true};
    pthread_t threads[N_POSTERS];
    struct mailbox mailbox;

    assert_int_equal(mailbox_init(&mailbox), 0);
    for (int p = 0; p < N_POSTERS; p++) {
        posters[p].mailbox = &mailbox;
        posters[p].in_chains = p % 2;
        for (int i = 0; i < N_LETTERS; i++)
            posters[p].letters[i] = make_letter(p, i);
        assert_int_equal(pthread_create(&threads[p], NULL, post_letters, &posters[p]), 0);
    }
    while (reader.n_read < N_POSTERS * N_LETTERS) {
        assert_true(readable(&mailbox, DEADLINE_MS));
        mailbox_deliver(&mailbox, &reader);
    }
    for (int p = 0; p < N_POSTERS; p++)
        assert_int_equal(pthread_join(threads[p], NULL), 0);

    assert_int_equal(reader.n_read, N_POSTERS * N_LETTERS);
    assert_true(reader.in_order);
    assert_false(readable(&mailbox, 0));
    mailbox_deinit(&mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_comes_in_the_order_of_posting),
        cmocka_unit_test(descriptor_is_readable_exactly_while_mail_waits),
        cmocka_unit_test(chain_is_delivered_whole_and_behind_what_waited),
        cmocka_unit_test(nothing_is_lost_when_many_threads_post),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
