/* Which of several ways to do the same a process takes: the best that its processor has. Each way gives the
 * same result. Chosen once, by words_init(), before the first thread; the environment variable URLSTAT_CPU
 * can ask for a lesser one. Thread: any, after cpu_init().
 *
 * Files with vector code guard it by `#if CPU_X86`, and mark its functions with the level's CPU_TARGET: the
 * program as a whole is compiled for the least processor. Each has a portable twin. Which one is called is
 * decided where the level is looked at, once per process or per call of some length, never per byte. */
#pragma once

#if defined(__x86_64__)
#define CPU_X86 1
#define CPU_TARGET_SSE42 __attribute__((target("sse4.2,popcnt")))
#define CPU_TARGET_AVX2 __attribute__((target("sse4.2,popcnt,avx2,bmi,bmi2")))
#define CPU_TARGET_AVX512                                                                                    \
    __attribute__((target("sse4.2,popcnt,avx2,bmi,bmi2,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,"       \
                          "avx512vbmi2")))
#else
#define CPU_X86 0
#endif

/* Each has all of those before it. */
enum cpu_level {
    CPU_PORTABLE,
    CPU_SSE42,  /* with popcnt */
    CPU_AVX2,   /* with bmi and bmi2 */
    CPU_AVX512, /* F, BW, DQ, VL, VBMI and VBMI2 */
};
#define CPU_N_LEVELS 4

/* "portable", "sse4.2", "avx2", "avx512". */
const char *cpu_level_to_string(enum cpu_level level);

/* The best that the processor has, and the system lets programs use. */
enum cpu_level cpu_best(void);

/* `wanted` is a level's name; NULL or "" for the best. Returns 0; -EINVAL if there is no such level;
 * -EOPNOTSUPP if the processor lacks it. */
int cpu_init(const char *wanted);

/* What was chosen; CPU_PORTABLE before. */
enum cpu_level cpu_level(void);
