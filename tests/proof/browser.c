// browser: a real browser, driven by lines of standard input over its own protocol for that.
//
//     build/browser SECONDS chromium --headless ... <script >answers
//
// Lines:  Method {"key": "value"}    is asked for, and its answer passed over
//         ! Method {...}             the same, and the answer is printed as it comes
//         > Method {...}             the same, and the page that this leads to has loaded
//         ? expression               its value in the page, awaited: a string, printed
//         @ file                     the same for what a file says
//         requests                   the addresses that the page has asked for so far
//         wait N                     N milliseconds pass
// A line that fails prints "error: ..."; what the page says on its console prints "console: ...".
// The browser is stopped at the end of the input, or when an answer takes longer than SECONDS.

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
    int to, from, seconds;
    pid_t pid;
    char session[80];
    int last_id;
    char *got; // what came and has not been looked at
    size_t n_got, room;
    char *asked_for; // addresses, one a line
    size_t n_asked_for, n_loads;
} the;

static void stop(const char *why)
{
    if (why != NULL)
        printf("error: %s\n", why);
    fflush(stdout);
    kill(the.pid, SIGKILL);
    waitpid(the.pid, NULL, 0);
    exit(why != NULL);
}

static void *grown(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (memory == NULL)
        stop("there is not enough memory");
    return memory;
}

static void start(char **command)
{
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) {
        perror("browser");
        exit(1);
    }
    the.pid = fork();
    if (the.pid == 0) {
        int in = dup(to[0]),
            out = dup(from[1]); // above 4, so that nothing is overwritten
        while (in >= 0 && in < 5)
            in = dup(in);
        while (out >= 0 && out < 5)
            out = dup(out);
        dup2(in, 3);
        dup2(out, 4);
        for (int fd = 5; fd < 64; fd++)
            close(fd);
        execvp(command[0], command);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    the.to = to[1];
    the.from = from[0];
}

// ---------------------------------------------------------------- messages

static void put(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(the.to, text, length);
        if (n <= 0)
            stop("the browser has gone");
        text += n;
        length -= (size_t)n;
    }
}

// The next message, to be freed; each ends with a zero byte.
static char *next_message(void)
{
    for (;;) {
        char *end = the.n_got > 0 ? memchr(the.got, '\0', the.n_got) : NULL;
        if (end != NULL) {
            size_t length = (size_t)(end - the.got) + 1;
            char *message = grown(NULL, length);
            memcpy(message, the.got, length);
            the.n_got -= length;
            memmove(the.got, the.got + length, the.n_got);
            return message;
        }
        struct pollfd ready = {.fd = the.from, .events = POLLIN};
        if (poll(&ready, 1, 1000 * the.seconds) <= 0)
            stop("the browser gives no answer");
        if (the.n_got + 65536 > the.room)
            the.got = grown(the.got, the.room = 2 * the.room + 65536);
        ssize_t n = read(the.from, the.got + the.n_got, 65536);
        if (n <= 0)
            stop("the browser has gone");
        the.n_got += (size_t)n;
    }
}

// Prints the string that begins behind a quote, without its escapes.
static void print_string(const char *at)
{
    for (; *at != '\0' && *at != '"'; at++) {
        unsigned code = 0;
        if (*at != '\\') {
            putchar(*at);
        } else if (*++at == 'n') {
            putchar('\n');
        } else if (*at == 't') {
            putchar('\t');
        } else if (*at == 'u' && sscanf(at + 1, "%4x", &code) == 1) {
            if (code >= 0x800)
                putchar((int)(0xE0 | code >> 12));
            if (code >= 0x80)
                putchar(code >= 0x800 ? (int)(0x80 | (code >> 6 & 0x3F))
                                      : (int)(0xC0 | code >> 6));
            putchar(code >= 0x80 ? (int)(0x80 | (code & 0x3F)) : (int)code);
            at += 4;
        } else {
            putchar(*at);
        }
    }
}

static const char *behind(const char *text, const char *key)
{
    const char *found = strstr(text, key);
    return found != NULL ? found + strlen(key) : NULL;
}

static void note_request(const char *message)
{
    const char *request = behind(message, "\"request\":{"),
               *url = request ? behind(request, "\"url\":\"") : NULL;
    size_t length = url != NULL ? strcspn(url, "\"") : 0;
    if (length > 200) // an address that carries its own data
        length = 200;
    the.asked_for = grown(the.asked_for, the.n_asked_for + length + 1);
    memcpy(the.asked_for + the.n_asked_for, url != NULL ? url : "", length);
    the.n_asked_for += length;
    the.asked_for[the.n_asked_for++] = '\n';
}

static void note_event(const char *message)
{
    if (strstr(message, "\"method\":\"Network.requestWillBeSent\"") != NULL)
        note_request(message);
    the.n_loads += strstr(message, "\"method\":\"Page.loadEventFired\"") != NULL;
    if (strstr(message, "\"method\":\"Runtime.exceptionThrown\"") != NULL ||
        strstr(message, "\"method\":\"Runtime.consoleAPICalled\"") != NULL ||
        strstr(message, "\"method\":\"Log.entryAdded\"") != NULL)
        printf("console: %.600s\n", message);
}

// Sends a message, and returns the answer, to be freed.
static char *ask(const char *method, const char *params)
{
    char *message = grown(NULL, strlen(method) + strlen(params) + 200), number[32];
    int n = sprintf(message, "{\"id\":%d%s%s%s,\"method\":\"%s\",\"params\":%s}",
                    ++the.last_id, the.session[0] ? ",\"sessionId\":\"" : "", the.session,
                    the.session[0] ? "\"" : "", method, params);
    put(message, (size_t)n + 1);
    free(message);
    snprintf(number, sizeof number, "{\"id\":%d,", the.last_id);
    for (;;) {
        char *answer = next_message();
        if (strncmp(answer, number, strlen(number)) == 0)
            return answer;
        note_event(answer);
        free(answer);
    }
}

static void wait_for_load(size_t n_loads)
{
    while (the.n_loads == n_loads) {
        char *event = next_message();
        note_event(event);
        free(event);
    }
}

static void copy_value(char *out, size_t room, const char *answer, const char *key)
{
    const char *value = behind(answer, key);
    size_t length = value != NULL ? strcspn(value, "\"") : 0;
    if (length == 0 || length >= room)
        stop("the browser opens no page");
    memcpy(out, value, length);
    out[length] = '\0';
}

static void open_page(void)
{
    char target[80], params[200];
    char *answer = ask("Target.createTarget", // nobody looks at it: it is not painted
                       "{\"url\":\"about:blank\",\"background\":true}");
    copy_value(target, sizeof target, answer, "\"targetId\":\"");
    free(answer);
    snprintf(params, sizeof params, "{\"targetId\":\"%s\",\"flatten\":true}", target);
    answer = ask("Target.attachToTarget", params);
    copy_value(the.session, sizeof the.session, answer, "\"sessionId\":\"");
    free(answer);
    free(ask("Network.enable", "{}"));
    free(ask("Runtime.enable", "{}"));
    free(ask("Log.enable", "{}"));
    free(ask("Page.enable", "{}"));
}

// ---------------------------------------------------------------- lines

// A text as a JSON string inside the question for its value.
static char *as_question(const char *text)
{
    char *params = grown(NULL, 6 * strlen(text) + 120), *at = params;
    at += sprintf(at, "{\"awaitPromise\":true,\"returnByValue\":true,\"userGesture\":"
                      "true,\"expression\":\"");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            at += sprintf(at, "\\%c", c);
        else if (c < 0x20)
            at += sprintf(at, "\\u%04x", c);
        else
            *at++ = (char)c;
    }
    strcpy(at, "\"}");
    return params;
}

static void evaluate(const char *text)
{
    char *params = as_question(text), *answer = ask("Runtime.evaluate", params);
    const char *value = behind(answer, "\"type\":\"string\",\"value\":\"");
    if (strstr(answer, "\"exceptionDetails\"") != NULL)
        printf("error: %.400s\n", answer);
    else if (value != NULL)
        print_string(value), putchar('\n');
    free(answer);
    free(params);
}

static void evaluate_file(const char *name)
{
    FILE *in = fopen(name, "rb");
    if (in == NULL)
        stop(strerror(errno));
    size_t n = 0, got;
    char *text = grown(NULL, 4096);
    while ((got = fread(text + n, 1, 4095, in)) > 0)
        text = grown(text, (n += got) + 4096);
    fclose(in);
    text[n] = '\0';
    evaluate(text);
    free(text);
}

static void do_line(char *line)
{
    const bool loud = strncmp(line, "! ", 2) == 0, leads = strncmp(line, "> ", 2) == 0;
    const size_t n_loads = the.n_loads;
    line += 2 * (loud || leads);
    char *params = line + strcspn(line, " ");
    if (*params != '\0')
        *params++ = '\0';
    if (strcmp(line, "?") == 0) {
        evaluate(params);
    } else if (strcmp(line, "@") == 0) {
        evaluate_file(params);
    } else if (strcmp(line, "wait") == 0) {
        fflush(stdout);
        poll(NULL, 0, atoi(params));
    } else if (strcmp(line, "requests") == 0) {
        fwrite(the.asked_for, 1, the.n_asked_for, stdout);
        the.n_asked_for = 0;
    } else if (*line != '\0' && *line != '#') {
        char *answer = ask(line, *params != '\0' ? params : "{}");
        if (loud)
            puts(answer);
        else if (strstr(answer, "\"error\":{") != NULL)
            printf("error: %s: %s\n", line, answer);
        else if (leads)
            wait_for_load(n_loads);
        free(answer);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: browser SECONDS chromium [option]...\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    the.seconds = atoi(argv[1]);
    start(argv + 2);
    open_page();
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        line[n - (line[n - 1] == '\n')] = '\0';
        do_line(line);
    }
    free(line);
    stop(NULL);
}
