#include "words/cpu.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *const names[CPU_N_LEVELS] = {
    [CPU_PORTABLE] = "portable",
    [CPU_SSE42] = "sse4.2",
    [CPU_AVX2] = "avx2",
    [CPU_AVX512] = "avx512",
};

static enum cpu_level chosen = CPU_PORTABLE;

const char *cpu_level_to_string(enum cpu_level level)
{
    return names[level];
}

#if CPU_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}

enum cpu_level cpu_best(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt"))
        return CPU_PORTABLE;
    if (!has_avx2())
        return CPU_SSE42;
    return has_avx512() ? CPU_AVX512 : CPU_AVX2;
}
#else
enum cpu_level cpu_best(void)
{
    return CPU_PORTABLE;
}
#endif

int cpu_init(const char *wanted)
{
    enum cpu_level best = cpu_best();

    if (!wanted || !*wanted) {
        chosen = best;
        return 0;
    }
    for (unsigned level = 0; level < CPU_N_LEVELS; level++)
        if (strcmp(wanted, names[level]) == 0) {
            if (level > best)
                return -EOPNOTSUPP;
            chosen = (enum cpu_level)level;
            return 0;
        }
    return -EINVAL;
}

enum cpu_level cpu_level(void)
{
    return chosen;
}
