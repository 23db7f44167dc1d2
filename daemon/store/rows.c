#include "store/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)16384)

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    char bytes[];
};

struct rows_head {
    struct chunk *chunks;
} __attribute__((aligned(16)));

void rows_init(struct rows *rows, size_t row_size)
{
    *rows = (struct rows){.row_size = row_size};
}

static void head_free(struct rows_head *head)
{
    struct chunk *chunk = head ? head->chunks : NULL;

    while (chunk) {
        struct chunk *next = chunk->next;

        free(chunk);
        chunk = next;
    }
    free(head);
}

void rows_deinit(struct rows *rows)
{
    head_free(rows->head);
    rows_init(rows, rows->row_size);
}

void store_rows_free(void *rows)
{
    if (rows)
        head_free((struct rows_head *)rows - 1);
}

static int reserve(struct rows *rows)
{
    size_t capacity = rows->capacity ? rows->capacity * 2 : 16;
    struct rows_head *head = realloc(rows->head, sizeof(*head) + capacity * rows->row_size);

    if (!head)
        return -1;
    if (!rows->head)
        head->chunks = NULL;
    rows->head = head;
    rows->capacity = capacity;
    return 0;
}

static void *row_at(const struct rows *rows, size_t i)
{
    return (char *)(rows->head + 1) + i * rows->row_size;
}

void *rows_add(struct rows *rows)
{
    if (rows->n == rows->capacity && reserve(rows) < 0)
        return NULL;
    return memset(row_at(rows, rows->n++), 0, rows->row_size);
}

void *rows_last(const struct rows *rows)
{
    assert(rows->n > 0);
    return row_at(rows, rows->n - 1);
}

char *rows_copy(struct rows *rows, const void *bytes, size_t size)
{
    struct chunk *chunk;
    char *copy;

    assert(rows->head);
    chunk = rows->head->chunks;
    if (!chunk || chunk->size - chunk->used < size + 1) {
        size_t wanted = size + 1 > CHUNK_SIZE ? size + 1 : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + wanted);
        if (!chunk)
            return NULL;
        *chunk = (struct chunk){.next = rows->head->chunks, .size = wanted};
        rows->head->chunks = chunk;
    }
    copy = chunk->bytes + chunk->used;
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    chunk->used += size + 1;
    rows->bytes += size + 1;
    return copy;
}

void *rows_take(struct rows *rows, size_t *ret_n)
{
    void *taken = NULL;

    *ret_n = rows->n;
    if (rows->n == 0) {
        rows_deinit(rows);
        return NULL;
    }
    taken = rows->head + 1;
    rows_init(rows, rows->row_size);
    return taken;
}
