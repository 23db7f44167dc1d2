/* Files of counts, whatever their bytes are: none is taken that would not be written so again, byte for byte.
 */
#include "counts/file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

struct copy {
    struct counts_file_reader *reader;
    struct counts_file_writer *writer;
    struct buffer page; /* and its words, as they are written */
    struct buffer file;
    struct counts_file_page head; /* of that page */
    bool begun;
};

static void end_page(struct copy *copy)
{
    if (!copy->begun)
        must(counts_file_begin(copy->writer, counts_file_head(copy->reader), &copy->file) == 0);
    else
        counts_file_add(copy->writer, &copy->head, copy->page.bytes, copy->page.size);
    must(buffer_append(&copy->file, copy->page.bytes, copy->page.size) == 0);
    copy->page.size = 0;
    copy->begun = true;
}

static void take(struct copy *copy, enum counts_file_line line)
{
    struct counts_file_word word;

    switch (line) {
    case COUNTS_FILE_PAGE:
        end_page(copy);
        copy->head = *counts_file_page(copy->reader);
        must(counts_format_page(&copy->page, &copy->head, counts_file_head(copy->reader)->has_times) == 0);
        break;
    case COUNTS_FILE_WORD:
        word = counts_file_word(copy->reader);
        must(word.length > 0 && word.tokens > 0 && !memchr(word.text, '\0', word.length));
        must(counts_format_word(&copy->page, word.text, word.length, word.tokens) == 0);
        break;
    case COUNTS_FILE_END:
        end_page(copy);
        must(counts_file_end(copy->writer, &copy->file) == 0);
        break;
    case COUNTS_FILE_BAD:
        must(*counts_file_reason(copy->reader));
        break;
    case COUNTS_FILE_HEAD:
    case COUNTS_FILE_SUM:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum counts_file_line line = COUNTS_FILE_HEAD;
    struct copy copy = {0};
    size_t at = 0;

    must(counts_file_reader_new(&copy.reader) == 0 && counts_file_writer_new(&copy.writer) == 0);
    while (at < size && line != COUNTS_FILE_BAD) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end ? (size_t)(end - data) - at : size - at;
        char *text = malloc(length + 1);

        must(text);
        memcpy(text, data + at, length);
        text[length] = '\0';
        must(counts_file_line(copy.reader, text, length, &line) == 0);
        free(text);
        take(&copy, line);
        at += length + 1;
    }
    /* All but the sum must come out again, for whoever guesses sums. */
    if (counts_file_ends(copy.reader) == COUNTS_FILE_SUM)
        must(copy.file.size >= size && memcmp(copy.file.bytes, data, size) == 0);
    counts_file_reader_free(copy.reader);
    counts_file_writer_free(copy.writer);
    buffer_deinit(&copy.page);
    buffer_deinit(&copy.file);
    return 0;
}
