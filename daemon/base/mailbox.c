#include "base/mailbox.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int mailbox_init(struct mailbox *mailbox)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (fd < 0)
        return -errno;
    mailbox->fd = fd;
    pthread_mutex_init(&mailbox->lock, NULL);
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    return 0;
}

void mailbox_deinit(struct mailbox *mailbox)
{
    assert(!mailbox->first);
    pthread_mutex_destroy(&mailbox->lock);
    (void)close(mailbox->fd);
    mailbox->fd = -1;
}

void mailbox_post(struct mailbox *mailbox, struct mail *mail)
{
    mailbox_post_chain(mailbox, mail, mail);
}

void mailbox_post_chain(struct mailbox *mailbox, struct mail *first, struct mail *last)
{
    int was_empty;

    last->next = NULL;
    pthread_mutex_lock(&mailbox->lock);
    was_empty = !mailbox->first;
    *mailbox->last = first;
    mailbox->last = &last->next;
    /* Rung under the lock, so that a receiver who finds the mailbox empty has already cleared the ring. */
    if (was_empty) {
        ssize_t n = write(mailbox->fd, &(uint64_t){1}, sizeof(uint64_t));

        assert(n == sizeof(uint64_t));
        (void)n;
    }
    pthread_mutex_unlock(&mailbox->lock);
}

struct mail *mailbox_take(struct mailbox *mailbox)
{
    struct mail *first;

    pthread_mutex_lock(&mailbox->lock);
    first = mailbox->first;
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    if (first) {
        uint64_t rings;
        ssize_t n = read(mailbox->fd, &rings, sizeof(rings));

        assert(n == sizeof(rings));
        (void)n;
    }
    pthread_mutex_unlock(&mailbox->lock);
    return first;
}

void mailbox_deliver(struct mailbox *mailbox, void *receiver)
{
    struct mail *mail = mailbox_take(mailbox);

    while (mail) {
        struct mail *next = mail->next;

        mail->deliver(mail, receiver);
        mail = next;
    }
}
