#include "base/cleanup.h"
#include "base/clock.h"
#include "ctl/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAX_WORDS 16

struct parsed {
    char *words[MAX_WORDS];
    int n_words;
    struct context context;
    char **operands;
    int n;
    int status;
    char *printed, *said; /* on stdout and on stderr */
};

static void parse(struct parsed *parsed, const char *line)
{
    FILE *out = stdout, *error = stderr;
    char *copy = strdup(line);
    size_t size, error_size;

    *parsed = (struct parsed){.words = {strdup("urlstatctl")}, .n_words = 1};
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        parsed->words[parsed->n_words++] = strdup(word);
    free(copy);
    stdout = open_memstream(&parsed->printed, &size);
    stderr = open_memstream(&parsed->said, &error_size);
    parsed->status =
        options_parse(&parsed->context, parsed->n_words, parsed->words, &parsed->operands, &parsed->n);
    fclose(stdout);
    fclose(stderr);
    stdout = out;
    stderr = error;
}

static void parsed_deinit(struct parsed *parsed)
{
    context_deinit(&parsed->context);
    free(parsed->operands);
    free(parsed->printed);
    free(parsed->said);
    for (int i = 0; i < parsed->n_words; i++)
        free(parsed->words[i]);
}

static void options_stand_before_and_after_the_verb(void **state)
{
    static const char *const lines[] = {"-o json -k 5 top docs", "top docs -k5 -ojson",
        "top -k 5 docs --output=json", "--output json top --top=5 -- docs"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed;

        parse(&parsed, lines[i]);
        assert_int_equal(parsed.status, -1);
        assert_string_equal(parsed.context.verb->name, "top");
        assert_int_equal(parsed.context.format, FORMAT_JSON);
        assert_string_equal(option_text(&parsed.context, "top"), "5");
        assert_int_equal(parsed.n, 1);
        assert_string_equal(parsed.operands[0], "docs");
    }
}

static void no_verb_is_status(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed;

    parse(&parsed, "-q");
    assert_int_equal(parsed.status, -1);
    assert_string_equal(parsed.context.verb->name, "status");
    assert_true(parsed.context.quiet);
}

static void a_hyphen_and_words_behind_two_hyphens_are_operands(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed;

    parse(&parsed, "submit - -w -- --strict");
    assert_int_equal(parsed.status, -1);
    assert_int_equal(parsed.n, 2);
    assert_string_equal(parsed.operands[0], "-");
    assert_string_equal(parsed.operands[1], "--strict");
    assert_true(option_flag(&parsed.context, "wait"));
    assert_false(option_flag(&parsed.context, "strict"));
}

static void options_that_repeat_are_a_list_and_the_last_one_counts_elsewhere(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed;
    CLEANUP(freep) const char **globs = NULL;
    size_t n;

    parse(&parsed, "top --match=a* -k 1 --match b* -k 2");
    assert_int_equal(option_list(&parsed.context, "match", &globs, &n), 0);
    assert_int_equal(n, 2);
    assert_string_equal(globs[0], "a*");
    assert_string_equal(globs[1], "b*");
    assert_string_equal(option_text(&parsed.context, "top"), "2");
}

static void wrong_usage_is_answered_with_what_was_meant(void **state)
{
    static const struct {
        const char *line, *said;
    } lines[] = {
        {"sumbit x", "did you mean submit"},
        {"wrods", "did you mean words"},
        {"frobnicate", "unknown verb frobnicate"},
        {"top --pre=page", "did you mean --per"},
        {"--outptu=json top", "did you mean --output"},
        {"top -Z", "unknown option -Z"},
        {"top --wait", "unknown option --wait"},
        {"top -k", "--top needs an argument: K"},
        {"top --unique=yes", "--unique takes no argument"},
        {"-o jsn", "did you mean json"},
        {"--timeout=soon", "time span"},
        {"--timeout=0", "time span"},
        {"--color=blue", "auto, always or never"},
        {"status now", "takes no operands"},
        {"show 1 2", "no more than 1 operand"},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed;

        parse(&parsed, lines[i].line);
        assert_int_equal(parsed.status, EXIT_USAGE);
        if (!strstr(parsed.said, lines[i].said))
            fail_msg("%s: %s", lines[i].line, parsed.said);
        assert_string_equal(parsed.printed, "");
    }
}

static void wrong_usage_is_an_object_once_json_was_asked_for(void **state)
{
    CLEANUP(parsed_deinit) struct parsed parsed;

    parse(&parsed, "-o json show 1 2");
    assert_int_equal(parsed.status, EXIT_USAGE);
    assert_string_equal(parsed.said, "");
    assert_non_null(strstr(parsed.printed, "\"error\": \"io.urlstat.ctl.Usage\""));
}

static void help_and_version_are_printed_without_a_daemon(void **state)
{
    static const struct {
        const char *line, *printed;
    } lines[] = {
        {"--help", "Usage: urlstatctl [OPTIONS] [VERB"},
        {"-h", "queue lists of URLs as one job"},
        {"top --help", "Usage: urlstatctl top"},
        {"--help words", "--no-numbers"},
        {"submit --help", "--max-failed=N|P%"},
        {"--version", "urlstatctl " URLSTAT_VERSION},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        CLEANUP(parsed_deinit) struct parsed parsed;

        parse(&parsed, lines[i].line);
        assert_int_equal(parsed.status, EXIT_DONE);
        assert_non_null(strstr(parsed.printed, lines[i].printed));
        assert_string_equal(parsed.said, "");
    }
}

static void the_timeout_is_45_seconds_unless_it_is_given(void **state)
{
    CLEANUP(parsed_deinit) struct parsed standard;
    CLEANUP(parsed_deinit) struct parsed given;

    parse(&standard, "status");
    parse(&given, "--timeout=500ms status");
    assert_true(standard.context.timeout_usec == 45 * USEC_PER_SEC && !standard.context.timeout_given);
    assert_true(given.context.timeout_usec == 500 * USEC_PER_MSEC && given.context.timeout_given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_before_and_after_the_verb),
        cmocka_unit_test(no_verb_is_status),
        cmocka_unit_test(a_hyphen_and_words_behind_two_hyphens_are_operands),
        cmocka_unit_test(options_that_repeat_are_a_list_and_the_last_one_counts_elsewhere),
        cmocka_unit_test(wrong_usage_is_answered_with_what_was_meant),
        cmocka_unit_test(wrong_usage_is_an_object_once_json_was_asked_for),
        cmocka_unit_test(help_and_version_are_printed_without_a_daemon),
        cmocka_unit_test(the_timeout_is_45_seconds_unless_it_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
