#include "ctl/filter_options.h"

#include <stdlib.h>

void filter_options_deinit(struct filter_options *options)
{
    free(options->match);
    free(options->stop_lists);
    stop_words_deinit(&options->stop_words);
}

int filter_options_parse(struct context *context, struct filter_options *options)
{
    struct wire_word_filter *words = &options->words;
    uint64_t min_length = 0;
    int r = option_number(context, "min-length", UINT32_MAX, &min_length);

    if (r == 0)
        r = option_list(context, "match", &options->match, &words->n_match);
    if (r == 0)
        r = option_list(context, "stop-words", &options->stop_lists, &options->n_stop_lists);
    for (size_t i = 0; i < options->n_stop_lists && r == 0; i++)
        r = stop_words_add(context, options->stop_lists[i], &options->stop_words);
    if (option_flag(context, "min-length"))
        words->min_length = wire_some_int((int64_t)min_length);
    if (option_flag(context, "no-numbers"))
        words->no_numbers = wire_some_bool(true);
    words->match = options->match;
    words->stop_words = (const char *const *)options->stop_words.words;
    words->n_stop_words = options->stop_words.n;
    return r;
}
