#include "daemon/config_arguments.h"

#include "base/text_nearest.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

const char arguments_help[] =
    "urlstatd [OPTIONS]\n"
    "\n"
    "Fetches lists of URLs politely and counts the words on the pages. urlstatctl(1) talks to it.\n"
    "\n"
    "      --config=FILE            read this file alone, not those of /etc, /run and /usr/lib\n"
    "      --user                   read $XDG_CONFIG_HOME/urlstatd/ in their place\n"
    "      --listen=PATH            listen there, if no manager passes a socket\n"
    "      --state-directory=DIR    keep jobs and counts there; default: $STATE_DIRECTORY\n"
    "  -w, --workers=N              threads that fetch and count; default: one for each processor\n"
    "  -k, --top=K                  words in a ranking if the client names no number\n"
    "      --allow-networks=CIDR,...  fetch from these networks, although they are not public\n"
    "      --test-config            check the configuration and exit: 1 if there is a warning\n"
    "      --restore=FILE           take a backup into an empty state directory and exit\n"
    "      --version                print the version and exit\n"
    "      --help                   print this and exit\n";

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"user", no_argument, NULL, 'u'},
    {"listen", required_argument, NULL, 'l'},
    {"state-directory", required_argument, NULL, 's'},
    {"workers", required_argument, NULL, 'w'},
    {"top", required_argument, NULL, 'k'},
    {"allow-networks", required_argument, NULL, 'a'},
    {"test-config", no_argument, NULL, 't'},
    {"restore", required_argument, NULL, 'r'},
    {"version", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static void explain_option(const char *typed)
{
    const char *names[sizeof(options) / sizeof(options[0])] = {NULL};
    char name[64];
    const char *nearest;

    /* A letter among others in one word: getopt() alone knows which. */
    if (strncmp(typed, "--", 2) != 0) {
        fprintf(stderr, "urlstatd: unknown option -%c; see urlstatd --help\n", optopt);
        return;
    }
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
    for (size_t i = 0; options[i].name; i++)
        names[i] = options[i].name;
    nearest = text_nearest(name, names);
    if (nearest)
        fprintf(stderr, "urlstatd: unknown option %.100s: did you mean --%s?\n", typed, nearest);
    else
        fprintf(stderr, "urlstatd: unknown option %.100s; see urlstatd --help\n", typed);
}

int arguments_parse(int argc, char **argv, struct arguments *ret)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":w:k:", options, NULL)) >= 0)
        switch (option) {
        case 'c':
            ret->config = optarg;
            break;
        case 'u':
            ret->user = true;
            break;
        case 'l':
            ret->listen = optarg;
            break;
        case 's':
            ret->state_directory = optarg;
            break;
        case 'w':
            ret->workers = optarg;
            break;
        case 'k':
            ret->top = optarg;
            break;
        case 'a':
            ret->allow_networks = optarg;
            break;
        case 't':
            ret->test_config = true;
            break;
        case 'r':
            ret->restore = optarg;
            break;
        case 'v':
            ret->version = true;
            break;
        case 'h':
            ret->help = true;
            break;
        case ':':
            fprintf(stderr, "urlstatd: %s needs a value; see urlstatd --help\n", argv[optind - 1]);
            return -EINVAL;
        default:
            explain_option(argv[optind - 1]);
            return -EINVAL;
        }
    if (optind == argc)
        return 0;
    fprintf(
        stderr, "urlstatd: %.100s: no arguments are taken; jobs are given to urlstatctl(1)\n", argv[optind]);
    return -EINVAL;
}

static int copy_argument(const char *argument, char **ret)
{
    if (argument && !(*ret = strdup(argument)))
        return -ENOMEM;
    return 0;
}

int arguments_apply(const struct arguments *arguments, struct config *config)
{
    const struct {
        const char *option, *value, *section, *key;
    } settings[] = {
        {"--workers", arguments->workers, "Daemon", "Workers"},
        {"--top", arguments->top, "Daemon", "TopWords"},
        {"--allow-networks", arguments->allow_networks, "Fetch", "AllowNetworks"},
    };
    char reason[CONFIG_MAX_REASON];
    int r;

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (!settings[i].value)
            continue;
        r = config_set(config, settings[i].section, settings[i].key, settings[i].value, reason);
        if (r == -EINVAL)
            fprintf(stderr, "urlstatd: %s: %s\n", settings[i].option, reason);
        if (r < 0)
            return r;
    }
    r = copy_argument(arguments->listen, &config->listen);
    return r < 0 ? r : copy_argument(arguments->state_directory, &config->state_directory);
}
