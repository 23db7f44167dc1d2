#include "words/dictionary.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

static _Thread_local struct dictionary *dictionary_of_thread;
/* Its destructor is all that it is for. */
static pthread_key_t key;
static bool has_key;

static void free_dictionary(void *dictionary)
{
    dictionary_free(dictionary);
}

static void make_key(void)
{
    has_key = pthread_key_create(&key, free_dictionary) == 0;
}

int dictionary_get(struct dictionary **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (!dictionary_of_thread) {
        struct dictionary *dictionary;
        int r;

        (void)pthread_once(&once, make_key);
        r = has_key ? dictionary_new(&dictionary) : -ENOMEM;
        if (r < 0)
            return r;
        if (pthread_setspecific(key, dictionary) != 0) {
            dictionary_free(dictionary);
            return -ENOMEM;
        }
        dictionary_of_thread = dictionary;
    }
    *ret = dictionary_of_thread;
    return 0;
}
