// plot: draws a table of numbers as a picture.
//
//     build/plot data.tsv picture.svg
//
// A data file begins with lines that say what to draw:
//     # kind: lines | bars | scatter | heat
//     # title: Cost of one lookup
//     # x: rows in the table
//     # y: time (ns)
//     # xscale: log        # yscale: log        # zero: yes        # diverging: yes
// and goes on with a header row and rows of cells, all separated by tabs:
//     lines     x, then one column a series; an empty cell is a gap
//     bars      label, then one column a series
//     scatter   x, y, label, group; label and group may be empty
//     heat      an empty cell and the names of the columns; then rows: a name, the values
//
// Colours are written as plain attributes and as classes (s1 ... s6, grid, soft, cell):
// a page can give the picture its own colours, light or dark, and a lone picture still
// has some.

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A picture fits the screen of a telephone with its letters still to be read there.
enum {
    WIDTH = 480,
    FONT = 15,
    SMALL_FONT = 13,
    LINE = 20,
    MAX_TICKS = 24,
    N_COLOURS = 6,
    N_DASHES = 5
};

typedef struct {
    const char *file; // name of the data file, for messages
    char *text;       // the whole file, cut into strings in place
    const char *kind, *title, *x_label, *y_label;
    bool x_log, y_log, zero, diverging;
    const char **header; // [n_cols]
    const char **cells;  // [n_rows][n_cols]
    size_t *lines;       // [n_rows] line of the file that each row stands on
    size_t n_rows, n_cols;
} Sheet;

// A scale carries the numbers lo ... hi to the places from ... to on the picture.
typedef struct {
    double lo, hi, from, to;
    bool log;
} Scale;

typedef struct {
    double x, y, width, height;
} Box;

// ---------------------------------------------------------------- messages and memory

static void fail(const Sheet *sheet, size_t line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

static void fail(const Sheet *sheet, size_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (line > 0)
        fprintf(stderr, "%s:%zu: ", sheet->file, line);
    else
        fprintf(stderr, "%s: ", sheet->file);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void *allocate(const Sheet *sheet, size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);
    if (memory == NULL)
        fail(sheet, 0, "there is not enough memory to draw this file");
    return memory;
}

// ---------------------------------------------------------------- reading

static char *read_file(const Sheet *sheet)
{
    FILE *in = fopen(sheet->file, "rb");
    if (in == NULL)
        fail(sheet, 0, "cannot be read: %s", strerror(errno));
    size_t size = 0, room = 4096;
    char *text = allocate(sheet, room, 1);
    for (size_t got; (got = fread(text + size, 1, room - size - 1, in)) > 0;) {
        size += got;
        if (room - size > 1)
            continue;
        room *= 2;
        text = realloc(text, room);
        if (text == NULL)
            fail(sheet, 0, "there is not enough memory to read this file");
    }
    fclose(in);
    if (memchr(text, '\0', size) != NULL)
        fail(sheet, 0, "holds a zero byte, so it is not a table of text");
    text[size] = '\0';
    return text;
}

// Cuts the next line off and returns it without its end; NULL after the last.
static char *next_line(char **rest)
{
    char *line = *rest;
    if (*line == '\0')
        return NULL;
    size_t length = strcspn(line, "\n");
    *rest = line + length + (line[length] == '\n');
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    return line;
}

static bool is_yes(const Sheet *sheet, size_t line, const char *key, const char *value)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        fail(sheet, line, "'%s' is yes or no, not '%s'", key, value);
    return value[0] == 'y';
}

static bool is_log(const Sheet *sheet, size_t line, const char *key, const char *value)
{
    if (strcmp(value, "log") != 0 && strcmp(value, "linear") != 0)
        fail(sheet, line, "'%s' is log or linear, not '%s'", key, value);
    return value[1] == 'o';
}

// The place of the words that a key gives; NULL if it gives none.
static const char **words_for(Sheet *sheet, const char *key)
{
    if (strcmp(key, "kind") == 0)
        return &sheet->kind;
    if (strcmp(key, "title") == 0)
        return &sheet->title;
    if (strcmp(key, "x") == 0)
        return &sheet->x_label;
    return strcmp(key, "y") == 0 ? &sheet->y_label : NULL;
}

// "# key: value"; any other comment is passed over.
static void read_directive(Sheet *sheet, char *line, size_t number)
{
    char *key = line + 1 + strspn(line + 1, " ");
    char *value = strchr(key, ':');
    if (value == NULL)
        return;
    *value++ = '\0';
    value += strspn(value, " ");
    const char **words = words_for(sheet, key);
    if (words != NULL)
        *words = value;
    else if (strcmp(key, "xscale") == 0)
        sheet->x_log = is_log(sheet, number, key, value);
    else if (strcmp(key, "yscale") == 0)
        sheet->y_log = is_log(sheet, number, key, value);
    else if (strcmp(key, "zero") == 0)
        sheet->zero = is_yes(sheet, number, key, value);
    else if (strcmp(key, "diverging") == 0)
        sheet->diverging = is_yes(sheet, number, key, value);
    else if (strcmp(key, "measured") == 0)
        (void)is_yes(sheet, number, key, value); // for the page, which says so below
    else
        fail(sheet, number, "'%s' is not something that a picture can be told", key);
}

static size_t count_of(const char *text, char wanted)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == wanted;
    return count;
}

// Cuts a line at its tabs; cells that are missing at its end are empty.
static void split_row(const Sheet *sheet, const char **cells, char *line, size_t number)
{
    size_t n = count_of(line, '\t') + 1;
    if (n > sheet->n_cols)
        fail(sheet, number, "has %zu cells, but the header row has %zu", n,
             sheet->n_cols);
    for (size_t c = 0; c < sheet->n_cols; c++) {
        cells[c] = line;
        line += strcspn(line, "\t");
        if (*line == '\t')
            *line++ = '\0';
    }
}

static void read_row(Sheet *sheet, char *line, size_t number, size_t room)
{
    if (sheet->header == NULL) {
        sheet->n_cols = count_of(line, '\t') + 1;
        sheet->header = allocate(sheet, sheet->n_cols, sizeof *sheet->header);
        sheet->cells = allocate(sheet, room * sheet->n_cols, sizeof *sheet->cells);
        sheet->lines = allocate(sheet, room, sizeof *sheet->lines);
        split_row(sheet, sheet->header, line, number);
        return;
    }
    split_row(sheet, sheet->cells + sheet->n_rows * sheet->n_cols, line, number);
    sheet->lines[sheet->n_rows++] = number;
}

static void read_sheet(Sheet *sheet)
{
    sheet->text = read_file(sheet);
    size_t room = count_of(sheet->text, '\n') + 1, number = 0;
    char *rest = sheet->text;
    for (char *line; (line = next_line(&rest)) != NULL;) {
        number++;
        if (line[0] == '#' && sheet->header == NULL)
            read_directive(sheet, line, number);
        else if (line[0] != '\0')
            read_row(sheet, line, number, room);
    }
    if (sheet->kind == NULL)
        fail(sheet, 0, "has no line '# kind: ...' (lines, bars, scatter or heat)");
    if (sheet->title == NULL)
        fail(sheet, 0, "has no line '# title: ...', and a picture needs one");
    if (sheet->n_rows == 0)
        fail(sheet, 0, "has no rows of numbers to draw");
    if (sheet->n_cols < 2)
        fail(sheet, 0, "has one column only; are the cells separated by tabs?");
}

static const char *cell(const Sheet *sheet, size_t row, size_t col)
{
    return sheet->cells[row * sheet->n_cols + col];
}

// The number in a cell; NAN if the cell is empty or holds no finite number to draw.
static double number_at(const Sheet *sheet, size_t row, size_t col)
{
    const char *text = cell(sheet, row, col);
    if (*text == '\0')
        return NAN;
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0')
        fail(sheet, sheet->lines[row], "'%s' in column %zu is not a number", text,
             col + 1);
    return isfinite(value) ? value : NAN;
}

// ---------------------------------------------------------------- scales and ticks

static void include(Scale *scale, double value)
{
    if (isnan(value) || (scale->log && value <= 0))
        return;
    scale->lo = fmin(scale->lo, value);
    scale->hi = fmax(scale->hi, value);
}

static double at(const Scale *scale, double value)
{
    double part = scale->log ? (log10(value) - log10(scale->lo)) /
                                   (log10(scale->hi) - log10(scale->lo))
                             : (value - scale->lo) / (scale->hi - scale->lo);
    return scale->from + part * (scale->to - scale->from);
}

// The step 1, 2 or 5 times a power of ten that cuts a span into about n parts.
static double nice_step(double span, double n)
{
    double raw = span / n, power = pow(10, floor(log10(raw)));
    double lead = raw / power;
    return power * (lead < 1.42 ? 1 : lead < 3.17 ? 2 : lead < 7.08 ? 5 : 10);
}

// Widens a scale to whole steps (linear) or to the next 1, 2 or 5 of a decade (log).
static void round_out(Scale *scale, double n)
{
    if (scale->log) {
        bool fine = scale->hi / scale->lo < 1000;
        double low = pow(10, floor(log10(scale->lo) + 1e-9));
        double high = pow(10, ceil(log10(scale->hi) - 1e-9));
        scale->lo = !fine || scale->lo < 2 * low ? low
                    : scale->lo < 5 * low        ? 2 * low
                                                 : 5 * low;
        scale->hi = !fine || scale->hi > high / 2 ? high
                    : scale->hi > high / 5        ? high / 2
                                                  : high / 5;
        if (scale->hi <= scale->lo)
            scale->hi = 10 * scale->lo;
        return;
    }
    if (scale->hi - scale->lo < 1e-12 * fmax(1, fabs(scale->hi))) {
        double pad = scale->hi == 0 ? 1 : fabs(scale->hi) / 2;
        scale->lo -= pad;
        scale->hi += pad;
    }
    double step = nice_step(scale->hi - scale->lo, n);
    scale->lo = step * floor(scale->lo / step + 1e-9);
    scale->hi = step * ceil(scale->hi / step - 1e-9);
}

static size_t log_ticks(double ticks[MAX_TICKS], const Scale *scale)
{
    double decades = log10(scale->hi / scale->lo);
    double stride = decades > 8 ? ceil(decades / 8) : 1;
    size_t n = 0;
    for (double e = floor(log10(scale->lo) + 1e-9); n < MAX_TICKS; e += stride) {
        for (int lead = 1; lead <= 5 && n < MAX_TICKS; lead += lead == 1 ? 1 : 3) {
            double tick = lead * pow(10, e);
            bool wanted = lead == 1 || decades <= 2.01;
            if (wanted && tick >= scale->lo * (1 - 1e-9) &&
                tick <= scale->hi * (1 + 1e-9))
                ticks[n++] = tick;
        }
        if (pow(10, e) > scale->hi)
            break;
    }
    return n;
}

static size_t make_ticks(double ticks[MAX_TICKS], const Scale *scale, double about)
{
    if (scale->log)
        return log_ticks(ticks, scale);
    double step = nice_step(scale->hi - scale->lo, about);
    size_t n = 0;
    for (double k = ceil(scale->lo / step - 1e-9); k * step <= scale->hi + 1e-9 * step;
         k++)
        if (n < MAX_TICKS)
            ticks[n++] = k * step;
    return n;
}

// ---------------------------------------------------------------- text

// Writes a count with commas: 50257 becomes 50,257.
static void with_commas(char *out, size_t room, double value)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%.0f", fabs(value));
    size_t used = 0;
    if (value < 0)
        used += (size_t)snprintf(out, room, "\xE2\x88\x92");
    for (int i = 0; i < n && used + 2 < room; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
}

// 10 with a raised exponent.
static void power_of_ten(char *out, size_t room, int exponent)
{
    static const char *const raised[] = {
        "\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",     "\xE2\x81\xB4",
        "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7", "\xE2\x81\xB8", "\xE2\x81\xB9"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", abs(exponent));
    size_t used = (size_t)snprintf(out, room, "10%s", exponent < 0 ? "\xE2\x81\xBB" : "");
    for (const char *d = digits; *d != '\0' && used + 4 < room; d++)
        used += (size_t)snprintf(out + used, room - used, "%s", raised[*d - '0']);
}

// A number for a person: 50,257; 0.02; 1.5M.
static void format_number(char *out, size_t room, double value)
{
    double size = fabs(value);
    if (size >= 1e15 || (size > 0 && size < 1e-4))
        snprintf(out, room, "%.3g", value);
    else if (size >= 1e9)
        snprintf(out, room, "%.4gG", value / 1e9);
    else if (size >= 1e6)
        snprintf(out, room, "%.4gM", value / 1e6);
    else if (size >= 1000)
        with_commas(out, room, value);
    else
        snprintf(out, room, "%s%.4g", value < 0 ? "\xE2\x88\x92" : "", size);
}

// A number on an axis; on a long log axis all of them are powers of ten.
static void format_tick(char *out, size_t room, const Scale *scale, double tick)
{
    bool far = scale->log && (scale->hi > 1e7 || scale->lo < 1e-3);
    double exponent = far ? round(log10(tick)) : 0;
    if (far && fabs(tick / pow(10, exponent) - 1) < 1e-9)
        power_of_ten(out, room, (int)exponent);
    else
        format_number(out, room, tick);
}

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if (*text == '"')
            fputs("&quot;", out);
        else
            fputc(*text, out);
    }
}

// About how wide a text will be, in a font as wide as those that readers have.
static double text_width(const char *text)
{
    double n = 0;
    for (; *text != '\0'; text++) {
        n += ((unsigned char)*text & 0xC0) != 0x80;
        n += strchr("mwMW", *text) != NULL ? 0.4 : *text == '.' ? -0.5 : 0;
    }
    return n * FONT * 0.61;
}

// The same for a name in the colour of its series, which is bold.
static double name_width(const char *text)
{
    return 1.13 * text_width(text);
}

static void put_text(FILE *out, double x, double y, const char *anchor, const char *class,
                     const char *text)
{
    fprintf(out,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\" "
            "fill=\"currentColor\">",
            x, y, anchor, class);
    put_escaped(out, text);
    fputs("</text>\n", out);
}

static const char *colour(size_t series)
{
    static const char *const colours[N_COLOURS] = {"#0b5cad", "#b8420f", "#0a7358",
                                                   "#8a3d8f", "#7d5a00", "#59636e"};
    return colours[series % N_COLOURS];
}

static void put_name(FILE *out, double x, double y, const char *anchor, size_t series,
                     const char *text)
{
    fprintf(
        out,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"name s%zu\" fill=\"%s\">",
        x, y, anchor, series % N_COLOURS + 1, colour(series));
    put_escaped(out, text);
    fputs("</text>\n", out);
}

// A mark of its own shape for each series, so that nothing hangs on colour alone.
static void put_mark(FILE *out, double x, double y, double r, size_t series)
{
    static const char *const shapes[N_COLOURS] = {
        "M0 0m-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z",
        "M0 0m-.9-.9h1.8v1.8h-1.8z",
        "M0 0m0-1.2l1.1 2h-2.2z",
        "M0 0m0-1.3l1.3 1.3l-1.3 1.3l-1.3-1.3z",
        "M0 0m0 1.2l1.1-2h-2.2z",
        "M0 0m-1.1-.4h2.2v.8h-2.2z"};
    fprintf(out,
            "<path class=\"mark s%zu\" fill=\"%s\" transform=\"translate(%.1f %.1f) "
            "scale(%.1f)\" d=\"%s\"/>\n",
            series % N_COLOURS + 1, colour(series), x, y, r, shapes[series % N_COLOURS]);
}

// ---------------------------------------------------------------- frame

static void put_id(FILE *out, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    for (; *name != '\0' && *name != '.'; name++)
        fputc(*name, out);
}

static const char *kind_in_words(const Sheet *sheet)
{
    if (strcmp(sheet->kind, "lines") == 0)
        return "Line chart.";
    if (strcmp(sheet->kind, "bars") == 0)
        return "Bar chart.";
    return strcmp(sheet->kind, "heat") == 0 ? "Heat map." : "Scatter plot.";
}

// What each column spans, for those who hear the picture.
static void put_spans(const Sheet *sheet, FILE *out)
{
    for (size_t c = 1; c < sheet->n_cols; c++) {
        Scale span = {.lo = INFINITY, .hi = -INFINITY, .log = false};
        for (size_t r = 0; r < sheet->n_rows; r++)
            include(&span, number_at(sheet, r, c));
        if (span.lo > span.hi)
            continue;
        char low[32], high[32];
        format_number(low, sizeof low, span.lo);
        format_number(high, sizeof high, span.hi);
        fputc(' ', out);
        put_escaped(out, sheet->header[c]);
        fprintf(out, span.lo < span.hi ? ": from %s to %s." : ": %s.", low, high);
    }
}

static void put_description(const Sheet *sheet, FILE *out)
{
    fputs(kind_in_words(sheet), out);
    if (sheet->x_label != NULL) {
        fputs(" Across: ", out);
        put_escaped(out, sheet->x_label);
        fputs(sheet->x_log ? ", on a log scale." : ".", out);
    }
    if (sheet->y_label != NULL) {
        fputs(strcmp(sheet->kind, "bars") == 0 ? " Values: " : " Up: ", out);
        put_escaped(out, sheet->y_label);
        fputs(sheet->y_log ? ", on a log scale." : ".", out);
    }
    if (strcmp(sheet->kind, "scatter") == 0)
        fprintf(out, " %zu points.", sheet->n_rows);
    else if (strcmp(sheet->kind, "heat") == 0)
        fprintf(out, " %zu rows and %zu columns.", sheet->n_rows, sheet->n_cols - 1);
    else
        put_spans(sheet, out);
}

// A title that is too long for one line goes on in a second: where that begins.
static size_t first_line(const char *title)
{
    const double room = WIDTH / 1.15; // a title is bold
    if (text_width(title) <= room)
        return strlen(title);
    size_t last = 0;
    for (size_t k = 0; title[k] != '\0'; k++) {
        char head[256];
        snprintf(head, sizeof head, "%.*s", (int)k, title);
        if (title[k] == ' ' && (last == 0 || text_width(head) <= room))
            last = k;
    }
    return last > 0 ? last : strlen(title);
}

static void put_title(const char *title, FILE *out)
{
    char line[256];
    size_t length = first_line(title);
    snprintf(line, sizeof line, "%.*s", (int)length, title);
    put_text(out, 0, 16, "start", "title", line);
    if (title[length] == '\0')
        return;
    put_text(out, 0, 16 + LINE, "start", "title", title + length + 1);
    fprintf(out, "<g transform=\"translate(0 %d)\">\n", LINE);
}

static bool has_two_lines(const Sheet *sheet)
{
    return sheet->title[first_line(sheet->title)] != '\0';
}

static void open_picture(const Sheet *sheet, FILE *out, double height)
{
    height += has_two_lines(sheet) ? LINE : 0;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot %s\" viewBox=\"0 0 "
            "%d %.0f\"",
            sheet->kind, WIDTH, height);
    fprintf(out,
            " font-family=\"system-ui, sans-serif\" font-size=\"%d\" role=\"img\" "
            "aria-labelledby=\"",
            FONT);
    put_id(out, sheet->file);
    fputs("-title ", out);
    put_id(out, sheet->file);
    fputs("-desc\">\n<title id=\"", out);
    put_id(out, sheet->file);
    fputs("-title\">", out);
    put_escaped(out, sheet->title);
    fputs("</title>\n<desc id=\"", out);
    put_id(out, sheet->file);
    fputs("-desc\">", out);
    put_description(sheet, out);
    fputs("</desc>\n", out);
    put_title(sheet->title, out);
}

static void put_rule(FILE *out, double x1, double y1, double x2, double y2)
{
    fprintf(out,
            "<line class=\"grid\" stroke=\"currentColor\" stroke-opacity=\".18\" "
            "x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            x1, y1, x2, y2);
}

// Horizontal grid lines with their numbers on the left; the label stands above them.
static void put_y_axis(const Sheet *sheet, FILE *out, const Scale *y, const Box *box)
{
    double ticks[MAX_TICKS];
    size_t n = make_ticks(ticks, y, 5);
    for (size_t k = 0; k < n; k++) {
        char text[32];
        format_tick(text, sizeof text, y, ticks[k]);
        put_rule(out, box->x, at(y, ticks[k]), box->x + box->width, at(y, ticks[k]));
        put_text(out, box->x - 8, at(y, ticks[k]) + 4, "end", "soft", text);
    }
    if (sheet->y_label != NULL)
        put_text(out, 0, box->y - 14, "start", "soft", sheet->y_label);
}

static void put_x_axis(const Sheet *sheet, FILE *out, const Scale *x, const Box *box,
                       bool grid)
{
    double ticks[MAX_TICKS], floor_y = box->y + box->height, taken = -INFINITY;
    size_t n = make_ticks(ticks, x, 6);
    for (size_t k = 0; k < n; k++) {
        char text[32];
        format_tick(text, sizeof text, x, ticks[k]);
        double middle = at(x, ticks[k]), half = text_width(text) / 2;
        put_rule(out, middle, grid ? box->y : floor_y, middle, floor_y + 5);
        if (middle - half < taken + 2)
            continue;
        put_text(out, middle, floor_y + 20, "middle", "soft", text);
        taken = middle + half;
    }
    if (sheet->x_label != NULL)
        put_text(out, box->x + box->width / 2, floor_y + 40, "middle", "soft",
                 sheet->x_label);
}

// Lines differ by their dashes too, for those who see fewer colours; the first is whole.
static const char *dash(size_t series)
{
    static const char *const dashes[N_DASHES] = {"", "8 4", "2 4", "10 4 2 4", "14 6"};
    return dashes[series % N_DASHES];
}

static void put_dash(FILE *out, size_t series)
{
    if (*dash(series) != '\0')
        fprintf(out, " stroke-dasharray=\"%s\"", dash(series));
}

// What stands for a series before its name: a piece of its line, or its mark.
static void put_sample(FILE *out, double x, double y, size_t series, bool line)
{
    if (line) {
        fprintf(out, "<path class=\"line s%zu\" stroke=\"%s\" stroke-width=\"2\"",
                series % N_COLOURS + 1, colour(series));
        put_dash(out, series);
        fprintf(out, " d=\"M%.1f %.1fh26\"/>\n", x, y);
    } else {
        put_mark(out, x + 6, y, 5, series);
    }
}

// The names of all series above the picture, in as many lines as they need; gives the height
// of these lines. With out NULL it only measures.
static double put_legend(FILE *out, const char *const *names, size_t n_names, double y,
                         bool lines)
{
    double x = 0, sample = lines ? 32 : 17, bottom = y;
    for (size_t s = 0; s < n_names; s++) {
        double width = sample + name_width(names[s]);
        if (x > 0 && x + width > WIDTH) {
            x = 0;
            bottom += LINE;
        }
        if (out != NULL) {
            put_sample(out, x, bottom - 4, s, lines);
            put_name(out, x + sample, bottom, "start", s, names[s]);
        }
        x += width + 18;
    }
    return n_names > 0 ? bottom - y + LINE : 0;
}

static double widest_tick(const Scale *scale, double about)
{
    double ticks[MAX_TICKS], widest = 0;
    size_t n = make_ticks(ticks, scale, about);
    for (size_t k = 0; k < n; k++) {
        char text[32];
        format_tick(text, sizeof text, scale, ticks[k]);
        widest = fmax(widest, text_width(text));
    }
    return widest;
}

// How wide the widest name of a row is: it leaves half of the picture to what is named.
static double widest_name(const Sheet *sheet)
{
    double widest = 0;
    for (size_t r = 0; r < sheet->n_rows; r++) {
        widest = fmax(widest, text_width(cell(sheet, r, 0)));
        if (widest > WIDTH / 2.0)
            fail(sheet, sheet->lines[r], "the name of this row is too long to be drawn");
    }
    return widest;
}

static void need_values(const Sheet *sheet, const Scale *scale, bool positive)
{
    if (scale->lo > scale->hi)
        fail(sheet, 0,
             positive ? "has no number above 0, and a log scale needs one"
                      : "has no numbers to draw");
}

static Scale scale_of(const Sheet *sheet, size_t first_col, size_t last_col, bool log,
                      bool zero, double about)
{
    Scale scale = {.lo = INFINITY, .hi = -INFINITY, .log = log};
    for (size_t r = 0; r < sheet->n_rows; r++)
        for (size_t c = first_col; c <= last_col; c++)
            include(&scale, number_at(sheet, r, c));
    need_values(sheet, &scale, log);
    if (zero && !log)
        include(&scale, 0);
    round_out(&scale, about);
    return scale;
}

// ---------------------------------------------------------------- lines

static bool drawable(const Scale *scale, double value)
{
    return !isnan(value) && !(scale->log && value <= 0);
}

static void put_series(const Sheet *sheet, FILE *out, size_t col, const Scale *x,
                       const Scale *y)
{
    size_t series = col - 1;
    fprintf(out,
            "<path class=\"line s%zu\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"",
            series % N_COLOURS + 1, colour(series));
    put_dash(out, series);
    fputs(" d=\"", out);
    bool pen_down = false;
    for (size_t r = 0; r < sheet->n_rows; r++) {
        double px = number_at(sheet, r, 0), py = number_at(sheet, r, col);
        bool here = drawable(x, px) && drawable(y, py);
        if (here)
            fprintf(out, "%s%.1f %.1f", pen_down ? "L" : "M", at(x, px), at(y, py));
        pen_down = here;
    }
    fputs("\"/>\n", out);
    for (size_t r = 0; r < sheet->n_rows && sheet->n_rows <= 24; r++) {
        double px = number_at(sheet, r, 0), py = number_at(sheet, r, col);
        if (drawable(x, px) && drawable(y, py))
            put_mark(out, at(x, px), at(y, py), 4, series);
    }
}

// A single line is named by the label of the axis.
static size_t n_named(const Sheet *sheet)
{
    return sheet->n_cols > 2 ? sheet->n_cols - 1 : 0;
}

static void draw_lines(const Sheet *sheet, FILE *out)
{
    double names = put_legend(NULL, sheet->header + 1, n_named(sheet), 40, true);
    Scale x = scale_of(sheet, 0, 0, sheet->x_log, false, 6);
    Scale y = scale_of(sheet, 1, sheet->n_cols - 1, sheet->y_log, sheet->zero, 5);
    Box box = {.x = widest_tick(&y, 5) + 12, .height = 230};
    box.y = (sheet->y_label != NULL ? 58 : 36) + names;
    box.width = WIDTH - box.x - fmax(12, widest_tick(&x, 6) / 2);
    x.from = box.x, x.to = box.x + box.width;
    y.from = box.y + box.height, y.to = box.y;
    open_picture(sheet, out, box.y + box.height + (sheet->x_label != NULL ? 50 : 30));
    put_legend(out, sheet->header + 1, n_named(sheet), 40, true);
    put_y_axis(sheet, out, &y, &box);
    put_x_axis(sheet, out, &x, &box, false);
    for (size_t c = 1; c < sheet->n_cols; c++)
        put_series(sheet, out, c, &x, &y);
}

// ---------------------------------------------------------------- bars

static void put_bar(FILE *out, size_t series, double x, double y, double width,
                    double height)
{
    fprintf(out,
            "<rect class=\"mark s%zu\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"%.1f\" rx=\"1.5\"/>\n",
            series % N_COLOURS + 1, colour(series), x, y, fmax(width, 1),
            fmax(height, 1));
}

// The bars of one row, lying under each other, each with its number at its end.
static void put_lying_group(const Sheet *sheet, FILE *out, size_t row, const Scale *x,
                            double y, double bar)
{
    double zero = at(x, x->log ? x->lo : 0);
    for (size_t c = 1; c < sheet->n_cols; c++, y += bar) {
        double value = number_at(sheet, row, c), end = at(x, value);
        if (!drawable(x, value))
            continue;
        char text[32];
        format_number(text, sizeof text, value);
        put_bar(out, c - 1, fmin(zero, end), y, fabs(end - zero), bar - 2);
        put_text(out, fmax(zero, end) + 6, y + bar / 2 + 4, "start", "soft", text);
    }
}

// Bars that lie, one group a row: names have room.
static void draw_lying_bars(const Sheet *sheet, FILE *out)
{
    size_t n_series = sheet->n_cols - 1;
    double names = widest_name(sheet), bar = n_series > 1 ? 18 : 22;
    double group = (double)n_series * bar + 12;
    Scale x = scale_of(sheet, 1, n_series, sheet->y_log, !sheet->y_log, 4);
    Box box = {.x = names + 12,
               .y = 30 + put_legend(NULL, sheet->header + 1, n_named(sheet), 40, false)};
    box.height = (double)sheet->n_rows * group;
    box.width = WIDTH - box.x - 72;
    x.from = box.x, x.to = box.x + box.width;
    Sheet across = *sheet; // the numbers run across here
    across.x_label = sheet->y_label;
    open_picture(sheet, out, box.y + box.height + (sheet->y_label != NULL ? 50 : 30));
    put_x_axis(&across, out, &x, &box, true);
    put_legend(out, sheet->header + 1, n_named(sheet), 40, false);
    for (size_t r = 0; r < sheet->n_rows; r++) {
        double y = box.y + (double)r * group + 6;
        put_text(out, box.x - 8, y + (group - 12) / 2 + 4, "end", "tag",
                 cell(sheet, r, 0));
        put_lying_group(sheet, out, r, &x, y, bar);
    }
}

// The bars of one row, standing side by side in the box of their group.
static void put_standing_group(const Sheet *sheet, FILE *out, size_t row, const Scale *y,
                               const Box *group)
{
    double zero = at(y, y->log ? y->lo : 0);
    double width = 0.86 * group->width / (double)(sheet->n_cols - 1);
    for (size_t c = 1; c < sheet->n_cols; c++) {
        double value = number_at(sheet, row, c), end = at(y, value);
        double x = group->x + 0.07 * group->width + (double)(c - 1) * width;
        if (drawable(y, value))
            put_bar(out, c - 1, x, fmin(zero, end), width, fabs(end - zero));
    }
}

// Bars that stand, for more rows than have room below each other: a histogram.
static void draw_standing_bars(const Sheet *sheet, FILE *out)
{
    size_t n_series = sheet->n_cols - 1, stride = sheet->n_rows / 10 + 1;
    Scale y = scale_of(sheet, 1, n_series, sheet->y_log, !sheet->y_log, 5);
    Box box = {.x = widest_tick(&y, 5) + 12, .height = 220};
    box.y = 58 + put_legend(NULL, sheet->header + 1, n_named(sheet), 40, false);
    box.width = WIDTH - box.x - 8;
    double floor_y = box.y + box.height;
    y.from = floor_y, y.to = box.y;
    open_picture(sheet, out, floor_y + (sheet->x_label != NULL ? 50 : 30));
    put_y_axis(sheet, out, &y, &box);
    put_legend(out, sheet->header + 1, n_named(sheet), 40, false);
    Box group = {.x = box.x, .y = box.y, .width = box.width / (double)sheet->n_rows};
    for (size_t r = 0; r < sheet->n_rows; r++, group.x += group.width) {
        put_standing_group(sheet, out, r, &y, &group);
        if (r % stride == 0)
            put_text(out, group.x + group.width / 2, floor_y + 20, "middle", "soft",
                     cell(sheet, r, 0));
    }
    if (sheet->x_label != NULL)
        put_text(out, box.x + box.width / 2, floor_y + 40, "middle", "soft",
                 sheet->x_label);
}

// ---------------------------------------------------------------- scatter

static bool boxes_meet(const Box *a, const Box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

// Finds a place beside a point where its name covers neither a point nor a name; false if
// there is none.
static bool place_name(Box *name, const Box *taken, size_t n_taken, double x, double y)
{
    double tries[4][2] = {{x + 8, y - 7},
                          {x - 8 - name->width, y - 7},
                          {x - name->width / 2, y - 22},
                          {x - name->width / 2, y + 8}};
    for (size_t k = 0; k < 4; k++) {
        name->x = tries[k][0];
        name->y = tries[k][1];
        bool free_here = name->x >= 0 && name->x + name->width <= WIDTH;
        for (size_t b = 0; b < n_taken && free_here; b++)
            free_here = !boxes_meet(name, &taken[b]);
        if (free_here)
            return true;
    }
    return false;
}

static const char *group_name(const Sheet *sheet, size_t row)
{
    return sheet->n_cols > 3 ? cell(sheet, row, 3) : "";
}

// All groups in the order of their names, so that a name has its colour in every picture.
static size_t find_groups(const Sheet *sheet, const char **names)
{
    size_t n = 0;
    for (size_t r = 0; r < sheet->n_rows; r++) {
        const char *name = group_name(sheet, r);
        size_t k = n;
        while (k > 0 && strcmp(names[k - 1], name) > 0)
            k--;
        if (k > 0 && strcmp(names[k - 1], name) == 0)
            continue;
        memmove(names + k + 1, names + k, (n - k) * sizeof *names);
        names[k] = name;
        n++;
    }
    return n;
}

static size_t group_of(const char *name, const char *const *names)
{
    size_t g = 0;
    while (strcmp(names[g], name) != 0)
        g++;
    return g;
}

enum { MANY_POINTS = 200 };

// Many points as one path of round or square dots, for each of the first two groups.
static void put_dots(const Sheet *sheet, FILE *out, const Scale *x, const Scale *y,
                     const size_t *groups, size_t group)
{
    fprintf(out,
            "<path class=\"dots s%zu\" fill=\"none\" stroke=\"%s\" stroke-width=\"5\" "
            "stroke-linecap=\"%s\" d=\"",
            group % N_COLOURS + 1, colour(group), group % 2 == 0 ? "round" : "square");
    for (size_t r = 0; r < sheet->n_rows; r++) {
        double px = number_at(sheet, r, 0), py = number_at(sheet, r, 1);
        if (groups[r] == group && drawable(x, px) && drawable(y, py))
            fprintf(out, "M%.1f %.1fh0", at(x, px), at(y, py));
    }
    fputs("\"/>\n", out);
}

static void put_points(const Sheet *sheet, FILE *out, const Scale *x, const Scale *y,
                       const size_t *groups)
{
    Box *taken = allocate(sheet, 2 * sheet->n_rows, sizeof *taken);
    size_t n_taken = 0;
    for (size_t r = 0; r < sheet->n_rows; r++) {
        double px = number_at(sheet, r, 0), py = number_at(sheet, r, 1);
        if (!drawable(x, px) || !drawable(y, py))
            continue;
        if (sheet->n_rows <= MANY_POINTS)
            put_mark(out, at(x, px), at(y, py), 4.5, groups[r]);
        taken[n_taken++] =
            (Box){.x = at(x, px) - 5, .y = at(y, py) - 5, .width = 10, .height = 10};
    }
    for (size_t r = 0; r < sheet->n_rows && sheet->n_cols > 2; r++) {
        double px = number_at(sheet, r, 0), py = number_at(sheet, r, 1);
        const char *text = cell(sheet, r, 2);
        Box name = {.width = text_width(text), .height = 14};
        if (*text == '\0' || !drawable(x, px) || !drawable(y, py) ||
            !place_name(&name, taken, n_taken, at(x, px), at(y, py)))
            continue;
        put_text(out, name.x, name.y + 11, "start", "tag", text);
        taken[n_taken++] = name;
    }
    free(taken);
}

static void draw_scatter(const Sheet *sheet, FILE *out)
{
    const char **names = allocate(sheet, sheet->n_rows + 1, sizeof *names);
    size_t *groups = allocate(sheet, sheet->n_rows, sizeof *groups);
    size_t n_groups = find_groups(sheet, names), n_told = n_groups > 1 ? n_groups : 0;
    for (size_t r = 0; r < sheet->n_rows; r++)
        groups[r] = group_of(group_name(sheet, r), names);
    Scale x = scale_of(sheet, 0, 0, sheet->x_log, sheet->zero, 6);
    Scale y = scale_of(sheet, 1, 1, sheet->y_log, sheet->zero, 5);
    Box box = {.x = widest_tick(&y, 5) + 12, .height = 330};
    box.y = 58 + put_legend(NULL, names, n_told, 40, false);
    box.width = WIDTH - box.x - fmax(16, widest_tick(&x, 6) / 2);
    x.from = box.x, x.to = box.x + box.width;
    y.from = box.y + box.height, y.to = box.y;
    open_picture(sheet, out, box.y + box.height + (sheet->x_label != NULL ? 50 : 30));
    put_y_axis(sheet, out, &y, &box);
    put_x_axis(sheet, out, &x, &box, true);
    put_legend(out, names, n_told, 40, false);
    for (size_t g = 0; g < n_groups && sheet->n_rows > MANY_POINTS; g++)
        put_dots(sheet, out, &x, &y, groups, g);
    put_points(sheet, out, &x, &y, groups);
    free(names);
    free(groups);
}

// ---------------------------------------------------------------- heat map

// The colour of a share 0 ... 1 of the way from paper to full colour. Numbers in the
// cells need paler ones.
static void mix(char out[8], double share, bool below, bool numbers)
{
    static const double paper[3] = {0xF1, 0xF4, 0xF7};
    static const double full[4][3] = {
        {0x0B, 0x56, 0xA6}, {0xB0, 0x45, 0x12}, {0x5B, 0x9B, 0xE0}, {0xE2, 0x8A, 0x5C}};
    const double *end = full[2 * numbers + below];
    unsigned part[3];
    for (size_t k = 0; k < 3; k++)
        part[k] = (unsigned)lround(paper[k] + share * (end[k] - paper[k])) & 0xFF;
    snprintf(out, 8, "#%02x%02x%02x", part[0], part[1], part[2]);
}

static void put_cell(FILE *out, const Box *box, double share, bool below, bool numbers)
{
    char fill[8];
    mix(fill, share, below, numbers);
    fprintf(out,
            "<rect class=\"cell%s%s\" style=\"--v:%.0f%%\" fill=\"%s\" "
            "shape-rendering=\"crispEdges\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
            "height=\"%.2f\"/>\n",
            below ? " below" : "", numbers ? " numbered" : "", 100 * share, fill, box->x,
            box->y, box->width, box->height);
}

// Opens a path of one shade, whose strokes follow.
static void put_strokes(FILE *out, double share, bool below)
{
    char shade[8];
    mix(shade, share, below, false);
    fprintf(out, "<path class=\"cell run%s\" style=\"--v:%.0f%%\" stroke=\"%s\" d=\"",
            below ? " below" : "", 100 * share, shade);
}

// Where a value stands between palest and fullest; *below tells on which side of 0.
static double share_of(const Sheet *sheet, const Scale *span, double value, bool *below)
{
    double largest = fmax(fabs(span->lo), fabs(span->hi));
    *below = sheet->diverging && value < 0;
    if (sheet->diverging)
        return largest > 0 ? fabs(value) / largest : 0;
    return span->hi > span->lo ? (value - span->lo) / (span->hi - span->lo) : 1;
}

// A strip of all shades with the numbers at its ends, for maps too fine to hold numbers.
static void put_key(const Sheet *sheet, FILE *out, const Scale *span, double y)
{
    double reach = fmax(fabs(span->lo), fabs(span->hi));
    double lo = sheet->diverging ? -reach : span->lo,
           hi = sheet->diverging ? reach : span->hi;
    char low[32], high[32];
    format_number(low, sizeof low, lo);
    format_number(high, sizeof high, hi);
    double x = WIDTH - 180 - text_width(high);
    put_text(out, x - 6, y, "end", "soft", low);
    for (size_t k = 0; k < 24; k++) {
        bool below;
        double share =
            share_of(sheet, span, lo + (hi - lo) * ((double)k + 0.5) / 24, &below);
        put_cell(out,
                 &(Box){.x = x + (double)k * 7, .y = y - 10, .width = 7.2, .height = 12},
                 share, below, false);
    }
    put_text(out, x + 24 * 7 + 6, y, "start", "soft", high);
}

// Each cell with its number in it, in letters of this size.
static void put_numbered_cells(const Sheet *sheet, FILE *out, const Scale *span,
                               const Box *box, int font)
{
    fprintf(out, "<g font-size=\"%d\">\n", font);
    for (size_t r = 0; r < sheet->n_rows; r++)
        for (size_t c = 0; c + 1 < sheet->n_cols; c++) {
            double value = number_at(sheet, r, c + 1);
            if (isnan(value))
                continue;
            bool below;
            double share = share_of(sheet, span, value, &below);
            Box at_cell = {.x = box->x + (double)c * box->width,
                           .y = box->y + (double)r * box->height,
                           .width = box->width - 1,
                           .height = box->height - 1};
            put_cell(out, &at_cell, share, below, true);
            put_text(out, at_cell.x + at_cell.width / 2,
                     at_cell.y + at_cell.height / 2 + 5, "middle", "tag",
                     cell(sheet, r, c + 1));
        }
    fputs("</g>\n", out);
}

// Shades that an eye tells apart: so many percent from one to the next.
enum { SHADE_STEP = 2 };

static bool has_shade(const Sheet *sheet, const Scale *span, size_t row, size_t col,
                      int percent, bool below)
{
    double value = number_at(sheet, row, col + 1);
    bool side;
    return !isnan(value) &&
           lround(100 * share_of(sheet, span, value, &side) / SHADE_STEP) * SHADE_STEP ==
               percent &&
           side == below;
}

// All cells of one shade as one path, a stroke for each run of them: a picture of thousands
// of cells stays small. Cells are counted here; the group scales them.
static void put_cells_of(int percent, bool below, const Sheet *sheet, FILE *out,
                         const Scale *span)
{
    size_t n = sheet->n_cols - 1;
    long x = 0, y = 0; // where the stroke before ends: from there, steps are short
    bool open = false;
    for (size_t r = 0; r < sheet->n_rows; r++)
        for (size_t c = 0, run; c<n; c += run> 0 ? run : 1) {
            for (run = 0; c + run < n; run++)
                if (!has_shade(sheet, span, r, c + run, percent, below))
                    break;
            if (run == 0)
                continue;
            if (!open)
                put_strokes(out, percent / 100.0, below);
            fprintf(out, "%c%ld %ldh%zu", open ? 'm' : 'M', (long)c - x, (long)r - y,
                    run);
            x = (long)(c + run), y = (long)r;
            open = true;
        }
    if (open)
        fputs("\"/>\n", out);
}

// A stroke as high as a row, along the middle of the row.
static void put_cells(const Sheet *sheet, FILE *out, const Scale *span, const Box *box)
{
    fprintf(out,
            "<g class=\"cells\" fill=\"none\" stroke-width=\"1.02\" "
            "shape-rendering=\"crispEdges\" transform=\"translate(%.2f %.2f) "
            "scale(%.3f %.3f)\">\n",
            box->x, box->y + box->height / 2, box->width, box->height);
    for (int percent = 0; percent <= 100; percent += SHADE_STEP) {
        put_cells_of(percent, false, sheet, out, span);
        put_cells_of(percent, true, sheet, out, span);
    }
    fputs("</g>\n", out);
}

// Names of columns and rows, as many as fit.
static void put_heat_names(const Sheet *sheet, FILE *out, const Box *box)
{
    size_t n = sheet->n_cols - 1;
    double widest = 0;
    for (size_t c = 1; c <= n; c++)
        widest = fmax(widest, text_width(sheet->header[c]) + 8);
    size_t across = (size_t)ceil(widest / box->width),
           down = (size_t)ceil(15 / box->height);
    for (size_t c = 0; c < n; c += across)
        put_text(out, box->x + ((double)c + 0.5) * box->width, box->y - 8, "middle",
                 "soft", sheet->header[c + 1]);
    for (size_t r = 0; r < sheet->n_rows; r += down)
        put_text(out, box->x - 8, box->y + ((double)r + 0.5) * box->height + 4, "end",
                 "soft", cell(sheet, r, 0));
}

// How wide the widest number on a map is.
static double widest_number(const Sheet *sheet)
{
    double widest = 0;
    for (size_t r = 0; r < sheet->n_rows; r++)
        for (size_t c = 1; c < sheet->n_cols; c++)
            widest = fmax(widest, text_width(cell(sheet, r, c)));
    return widest;
}

static Scale span_of(const Sheet *sheet)
{
    Scale span = {.lo = INFINITY, .hi = -INFINITY, .log = false};
    for (size_t r = 0; r < sheet->n_rows; r++)
        for (size_t c = 1; c < sheet->n_cols; c++)
            include(&span, number_at(sheet, r, c));
    need_values(sheet, &span, false);
    return span;
}

static void draw_heat(const Sheet *sheet, FILE *out)
{
    size_t n = sheet->n_cols - 1;
    Scale span = span_of(sheet);
    double left = widest_name(sheet) + 12;
    Box box = {.x = left, .width = fmin((WIDTH - left) / (double)n, 72)};
    int font = widest_number(sheet) + 6 <= box.width ? FONT : SMALL_FONT;
    double widest = widest_number(sheet) * font / FONT;
    bool numbers = sheet->n_rows <= 16 && widest + 6 <= box.width;
    box.y = sheet->y_label != NULL || !numbers ? 78 : 58;
    box.height =
        fmin(fmax(320 / (double)sheet->n_rows, 3), numbers ? 32 : fmin(box.width, 32));
    if (sheet->n_rows == n) // a square stays one
        box.width = box.height = fmin(box.width, fmax(380 / (double)n, 16));
    if (numbers && sheet->n_rows == n)
        box.width = box.height = fmin(fmax(widest + 16, 40), box.width);
    double bottom = box.y + (double)sheet->n_rows * box.height;
    open_picture(sheet, out, bottom + (sheet->x_label != NULL ? 32 : 12));
    if (sheet->y_label != NULL)
        put_text(out, 0, 40, "start", "soft", sheet->y_label);
    if (!numbers)
        put_key(sheet, out, &span, 40);
    put_heat_names(sheet, out, &box);
    if (numbers)
        put_numbered_cells(sheet, out, &span, &box, font);
    if (!numbers)
        put_cells(sheet, out, &span, &box);
    if (sheet->x_label != NULL)
        put_text(out, box.x + (double)n * box.width / 2, bottom + 24, "middle", "soft",
                 sheet->x_label);
}

// ---------------------------------------------------------------- the whole

static void draw(const Sheet *sheet, FILE *out)
{
    if (strcmp(sheet->kind, "lines") == 0)
        draw_lines(sheet, out);
    else if (strcmp(sheet->kind, "bars") == 0 && sheet->n_rows <= 16)
        draw_lying_bars(sheet, out);
    else if (strcmp(sheet->kind, "bars") == 0)
        draw_standing_bars(sheet, out);
    else if (strcmp(sheet->kind, "scatter") == 0)
        draw_scatter(sheet, out);
    else if (strcmp(sheet->kind, "heat") == 0)
        draw_heat(sheet, out);
    else
        fail(sheet, 0,
             "wants a picture of the kind '%s'; there are lines, bars, scatter and heat",
             sheet->kind);
    fputs(has_two_lines(sheet) ? "</g>\n</svg>\n" : "</svg>\n", out);
}

// The picture is drawn in full before its file is opened, so that a faulty table never
// leaves half of one.
static void copy_out(const Sheet *sheet, FILE *drawn, const char *name)
{
    FILE *out = fopen(name, "wb");
    if (out == NULL)
        fail(sheet, 0, "the picture %s cannot be written: %s", name, strerror(errno));
    rewind(drawn);
    for (int c; (c = fgetc(drawn)) != EOF;)
        fputc(c, out);
    if (fclose(out) != 0)
        fail(sheet, 0, "the picture %s cannot be written: %s", name, strerror(errno));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: plot data.tsv picture.svg\n");
        return 2;
    }
    Sheet sheet = {.file = argv[1]};
    read_sheet(&sheet);
    FILE *drawn = tmpfile();
    if (drawn == NULL)
        fail(&sheet, 0, "no temporary file could be opened: %s", strerror(errno));
    draw(&sheet, drawn);
    copy_out(&sheet, drawn, argv[2]);
    fclose(drawn);
    free(sheet.header);
    free(sheet.cells);
    free(sheet.lines);
    free(sheet.text);
    return 0;
}
