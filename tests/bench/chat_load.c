/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Load for chatd's chat service, an IRC server, or the relay: connects clients over loopback, logs
 * them in (not at the relay), and measures.
 *
 *   chat_load PORT chatd|irc|relay CLIENTS pairs PAIRS WINDOW SECONDS PID
 *       client 2k writes to client 2k+1 for the first PAIRS pairs, with WINDOW messages on their
 *       way at a time; prints messages received a second, and processor microseconds that the
 *       process PID spent on each
 *   chat_load PORT chatd|relay CLIENTS all ROUNDS
 *       one client writes to all; prints seconds until every other has it (median of the rounds)
 *   chat_load PORT chatd CLIENTS wait
 *       prints "ready" and waits for the end of standard input
 */
#include "chat_socket.h"

#include <stdbool.h>

enum { MOST = 65536, EVENTS = 512, PAYLOAD = 32, MOST_ROUNDS = 101, LOG_IN_BATCH = 256 };

typedef struct {
    int fd;
    bool line_start;  /* the next byte begins a line */
    bool is_event;    /* the line that is being read is a message that arrived */
    unsigned matched; /* bytes of its beginning that were looked at */
    uint64_t lines;
    uint64_t messages;
} LoadClient;

static LoadClient clients[MOST];
static int count;
static int epoll;
static bool is_chatd;
static bool is_irc;
static const char *beginning = ""; /* of a line that is a message */
static unsigned beginning_length;
static char received[1 << 18];

static void put(int index, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(clients[index].fd, data, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            die("send");
        }
        if (sent > 0) {
            data += sent;
            length -= (size_t)sent;
        }
    }
}

/* Count the lines that came, and those of them that are messages. Returns the messages. */
static uint64_t take(int index)
{
    LoadClient *client = &clients[index];
    uint64_t before = client->messages;
    ssize_t length = recv(client->fd, received, sizeof received, 0);
    if (length <= 0) {
        if (length < 0 && errno == EAGAIN) {
            return 0;
        }
        (void)fprintf(stderr, "chat_load: client %d was dropped\n", index);
        exit(1);
    }
    for (const char *at = received, *end = received + length; at < end;) {
        for (; client->matched < beginning_length && at < end && *at != '\n';
             at++, client->matched++) {
            client->is_event = client->is_event && *at == beginning[client->matched];
        }
        const char *line_end = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (line_end == NULL) {
            break;
        }
        client->lines++;
        client->messages += client->is_event && client->matched == beginning_length;
        client->is_event = true;
        client->matched = 0;
        at = line_end + 1;
    }
    return client->messages - before;
}

/* Handle what is ready; calls back for each client that got messages. */
static void step(int timeout, void (*got)(int index, uint64_t messages))
{
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, timeout);
    for (int i = 0; i < ready; i++) {
        int index = (int)events[i].data.u32;
        uint64_t messages = take(index);
        if (messages > 0 && got != NULL) {
            got(index, messages);
        }
    }
}

static void connect_all(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    for (int i = 0; i < count; i++) {
        int one = 1;
        clients[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (clients[i].fd < 0 ||
            connect(clients[i].fd, (struct sockaddr *)&address, sizeof address) != 0) {
            die("connect");
        }
        clients[i].is_event = true;
        (void)setsockopt(clients[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        set_non_blocking(clients[i].fd);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &event) != 0) {
            die("epoll_ctl");
        }
    }
}

/* Client i is told of all that log in after it, so that is when everybody is in. */
static void log_in_all(void)
{
    for (int first = 0; first < count; first += LOG_IN_BATCH) {
        int end = first + LOG_IN_BATCH < count ? first + LOG_IN_BATCH : count;
        for (int i = first; i < end; i++) {
            char request[64];
            put(i, request,
                (size_t)snprintf(request, sizeof request,
                                 is_irc ? "NICK u%d\r\nUSER u 0 * :u\r\n" : "1#1#u%d\n", i));
        }
        for (int i = first; i < end; i++) {
            while (clients[i].lines == 0) {
                step(1000, NULL);
            }
        }
    }
    for (double quiet = now() + 0.5; now() < quiet;) {
        uint64_t before = clients[0].lines;
        step(50, NULL);
        if (clients[0].lines != before) {
            quiet = now() + 0.5;
        }
    }
}

/* --- pairs --- */

static char message[128];
static uint64_t total;
static bool stopping;

static void send_next(int from, uint64_t times)
{
    char batch[64 * sizeof message];
    size_t used = 0;
    for (uint64_t i = 0; i < times; i++) {
        if (used > sizeof batch - sizeof message) {
            put(from, batch, used);
            used = 0;
        }
        used +=
            (size_t)snprintf(batch + used, sizeof batch - used,
                             is_irc ? "PRIVMSG u%d :%s\r\n" : "1#3#u%d#%s\n", from + 1, message);
    }
    put(from, batch, used);
}

static void got_from_peer(int index, uint64_t messages)
{
    total += messages;
    if (!stopping) {
        send_next(index - 1, messages);
    }
}

static void run_pairs(int pairs, int window, double seconds, pid_t process)
{
    memset(message, 'x', PAYLOAD);
    for (int i = 0; i < pairs; i++) {
        send_next(2 * i, (uint64_t)window);
    }
    for (double end = now() + seconds / 4; now() < end;) {
        step(10, got_from_peer);
    }
    total = 0;
    double start = now();
    double start_cpu = cpu_seconds(process);
    double end = start + seconds;
    while (now() < end) {
        step(10, got_from_peer);
    }
    double spent = cpu_seconds(process) - start_cpu;
    printf("%.0f %.3f\n", (double)total / (now() - start), spent * 1e6 / (double)total);
    stopping = true;
    for (double quiet = now() + 0.2; now() < quiet;) {
        step(20, got_from_peer);
    }
}

/* --- all --- */

static int left;

static void got_once(int index, uint64_t messages)
{
    (void)index;
    left -= (int)messages;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;
    return (first > second) - (first < second);
}

static void run_all(int rounds)
{
    double times[MOST_ROUNDS];
    const char *text = is_chatd ? "1#3#*#hello, everybody\n" : "*3#3#u0#hello, everybody\n";
    for (int i = 0; i < rounds; i++) {
        left = count - 1;
        double start = now();
        put(0, text, strlen(text));
        while (left > 0) {
            step(1000, got_once);
        }
        times[i] = now() - start;
    }
    qsort(times, (size_t)rounds, sizeof times[0], compare);
    printf("%.6f\n", times[rounds / 2]);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fputs("chat_load: see the comment at its beginning\n", stderr);
        return 2;
    }
    raise_descriptor_limit();
    epoll = epoll_create1(0);
    is_chatd = strcmp(argv[2], "chatd") == 0;
    is_irc = strcmp(argv[2], "irc") == 0;
    beginning = is_chatd ? "3#3#" : is_irc ? ":u" : "";
    beginning_length = (unsigned)strlen(beginning);
    count = atoi(argv[3]);
    if (count < 2 || count > MOST) {
        return 2;
    }
    connect_all((uint16_t)atoi(argv[1]));
    if (is_chatd || is_irc) {
        log_in_all();
    }
    if (strcmp(argv[4], "pairs") == 0 && argc == 9) {
        run_pairs(atoi(argv[5]), atoi(argv[6]), atof(argv[7]), (pid_t)atoi(argv[8]));
    } else if (strcmp(argv[4], "all") == 0 && argc == 6) {
        run_all(atoi(argv[5]));
    } else if (strcmp(argv[4], "wait") == 0) {
        puts("ready");
        (void)fflush(stdout);
        while (getchar() != EOF) {
        }
    }
    return 0;
}
