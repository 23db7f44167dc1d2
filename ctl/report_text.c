/* What the report's parts are written with. */
#include "ctl/report.h"

#include "base/array.h"
#include "ctl/cell.h"

/* The style sheet as it stands in its file. */
__asm__(".pushsection .rodata\n"
        ".globl report_style\n"
        ".hidden report_style\n"
        ".type report_style, @object\n"
        "report_style:\n"
        ".incbin \"" REPORT_STYLE "\"\n"
        ".byte 0\n"
        ".size report_style, . - report_style\n"
        ".popsection\n");

/* HTML Living Standard 13.2.5: these begin something in text or end a quoted value. Control characters, which
 * no document may hold, are shown as U+FFFD. */
void report_text(FILE *out, const char *text)
{
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
        switch (*byte) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            if (*byte == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0) {
                fputs("\xef\xbf\xbd", out);
                byte++;
            } else if (*byte < 0x20 || *byte == 0x7f) {
                fputs("\xef\xbf\xbd", out);
            } else {
                putc(*byte, out);
            }
        }
}

void report_number(FILE *out, int64_t number)
{
    struct buffer digits = {0};

    if (cell_format_number(&digits, number) == 0)
        (void)fwrite(digits.bytes, 1, digits.size, out);
    buffer_deinit(&digits);
}
