#include "ctl/report.h"

#include <inttypes.h>
#include <math.h>

/* The drawing, in its own units; text around the field. */
#define WIDTH 640.0
#define HEIGHT 420.0
#define LEFT 78.0
#define RIGHT 16.0
#define TOP 14.0
#define BOTTOM 52.0

/* Both axes begin at 1 and end at a power of ten. */
struct axes {
    int x_decades, y_decades;
};

static int decades(int64_t value)
{
    int n = 1;

    for (int64_t power = 10; power < value && n < 18; power *= 10)
        n++;
    return n;
}

static double x_of(const struct axes *axes, double rank)
{
    return LEFT + (WIDTH - LEFT - RIGHT) * log10(rank) / axes->x_decades;
}

static double y_of(const struct axes *axes, double tokens)
{
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * log10(tokens) / axes->y_decades;
}

/* 1, 10, 100, 1k ... */
static void write_power(FILE *out, int power)
{
    static const char *const units[] = {"", "k", "M", "G", "T", "P", "E"};
    static const char *const numbers[] = {"1", "10", "100"};

    fprintf(out, "%s%s", numbers[power % 3], units[power / 3]);
}

static void write_grid(const struct axes *axes, FILE *out)
{
    for (int i = 0; i <= axes->x_decades; i++) {
        double x = x_of(axes, pow(10, i));

        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x, TOP, x,
            HEIGHT - BOTTOM);
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x, HEIGHT - BOTTOM + 20);
        write_power(out, i);
        fputs("</text>\n", out);
    }
    for (int i = 0; i <= axes->y_decades; i++) {
        double y = y_of(axes, pow(10, i));

        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", LEFT, y,
            WIDTH - RIGHT, y);
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 8, y + 5);
        write_power(out, i);
        fputs("</text>\n", out);
    }
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">rank of the word</text>\n",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
    fprintf(out,
        "<text transform=\"translate(18 %.1f) rotate(-90)\" text-anchor=\"middle\">times counted</text>\n",
        (TOP + HEIGHT - BOTTOM) / 2);
}

/* What Zipf's law (Zipf 1949) makes of the most used word: frequency times rank is the same everywhere. */
static void write_law(const struct axes *axes, int64_t most, FILE *out)
{
    double last = fmin(pow(10, axes->x_decades), (double)most);

    fprintf(out, "<line class=\"law\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", x_of(axes, 1),
        y_of(axes, (double)most), x_of(axes, last), y_of(axes, (double)most / last));
}

void report_plot(const struct report *report, FILE *out)
{
    const struct report_point *first = report->points, *last = first + report->n_points - 1;
    struct axes axes = {.x_decades = decades(last->rank), .y_decades = decades(first->tokens)};

    fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-labelledby=\"plot-name plot-text\">\n",
        WIDTH, HEIGHT);
    fputs("<title id=\"plot-name\">Rank and frequency of words, on logarithmic axes</title>\n", out);
    fprintf(out,
        "<desc id=\"plot-text\">From %" PRId64 " times for the word of rank 1 down to %" PRId64
        " for rank %" PRId64 ". The dashed line is what Zipf's law would have.</desc>\n",
        first->tokens, last->tokens, last->rank);
    write_grid(&axes, out);
    write_law(&axes, first->tokens, out);
    fputs("<polyline class=\"curve\" points=\"", out);
    for (size_t i = 0; i < report->n_points; i++)
        fprintf(out, "%s%.1f,%.1f", i > 0 ? " " : "", x_of(&axes, (double)report->points[i].rank),
            y_of(&axes, (double)report->points[i].tokens));
    fputs("\"/>\n</svg>\n", out);
}
