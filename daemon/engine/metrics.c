#include "engine/metrics.h"

#include "base/clock.h"
#include "engine/task.h"

static const double seconds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
static const double bytes[] = {1e3, 4e3, 16e3, 64e3, 256e3, 1e6, 4e6, 16e6};
static const double words[] = {10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6};

void metrics_init(struct engine_metrics *metrics)
{
    *metrics = (struct engine_metrics){
        .answer_seconds = HISTOGRAM(seconds),
        .transfer_seconds = HISTOGRAM(seconds),
        .page_bytes = HISTOGRAM(bytes),
        .page_words = HISTOGRAM(words),
    };
}

static double to_seconds(uint64_t usec)
{
    return (double)usec / USEC_PER_SEC;
}

void metrics_note(struct engine_metrics *metrics, const struct task *task)
{
    enum outcome outcome = task->outcome.outcome;

    metrics->outcomes[outcome]++;
    metrics->wire_bytes += task->result.wire_bytes;
    if (task->result.first_byte_usec > 0)
        histogram_observe(&metrics->answer_seconds, to_seconds(task->result.first_byte_usec));
    if (task->result.total_usec > 0)
        histogram_observe(&metrics->transfer_seconds, to_seconds(task->result.total_usec));
    if (outcome_state(outcome) != URL_COUNTED)
        return;
    metrics->words += task->outcome.tokens;
    metrics->body_bytes += task->outcome.body_bytes;
    histogram_observe(&metrics->page_bytes, (double)task->outcome.body_bytes);
    histogram_observe(&metrics->page_words, (double)task->outcome.tokens);
}
