/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Load for chatd's FeiQ node, or the responder: sends datagrams over loopback, and measures.
 *
 *   feiq_load PORT PID users COUNT
 *       logs COUNT users in, some at a time; prints "ready" and waits for the end of standard input
 *   feiq_load PORT PID messages WINDOW SECONDS [CHAT-PORT]
 *       messages that ask to be acknowledged, WINDOW of them on their way at a time. With a chat
 *       port they are for a client there, who logs in before, and reads them. Prints answers a
 *       second, and processor microseconds that the process PID spent on each
 */
#include "chat_socket.h"

#include <poll.h>
#include <stdbool.h>

enum { BATCH = 32, ROOM = 256, MOST_WINDOW = 1024, LOST_MS = 500, USERS_A_SECOND = 20000 };

#define VERSION "1_lbt6_0#128#141877B3DA81#0#0#0#4001#9"

static struct sockaddr_in server;
static int fd;
static int chat = -1;
static unsigned long long number;
static unsigned long long answers;
static unsigned long long events; /* bytes that the chat client was sent */
static unsigned long long lost;

static void put(char (*data)[ROOM], const size_t *lengths, int count)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < count; i++) {
        parts[i] = (struct iovec){data[i], lengths[i]};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i],
                                              .msg_iovlen = 1,
                                              .msg_name = &server,
                                              .msg_namelen = sizeof server};
    }
    for (int sent = 0; sent < count;) {
        int now_sent = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
        if (now_sent < 0 && errno != EAGAIN && errno != EINTR) {
            die("sendmmsg");
        }
        sent += now_sent > 0 ? now_sent : 0;
    }
}

/* SENDMSG with SENDCHECK: 0x120 */
static void send_messages(int count)
{
    char data[BATCH][ROOM];
    size_t lengths[BATCH];
    while (count > 0) {
        int batch = count < BATCH ? count : BATCH;
        for (int i = 0; i < batch; i++) {
            lengths[i] = (size_t)snprintf(
                data[i], ROOM, VERSION ":%llu:bench:BENCH:288:%sxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                ++number, chat >= 0 ? "@reader " : "");
            lengths[i]++; /* with the NUL */
        }
        put(data, lengths, batch);
        count -= batch;
    }
}

/* What came back until now. */
static int take(void)
{
    static char data[BATCH][2048];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    int all = 0;
    int count;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){data[i], sizeof data[i]};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    while ((count = recvmmsg(fd, messages, BATCH, 0, NULL)) > 0) {
        all += count;
    }
    return all;
}

static void read_chat(void)
{
    static char buffer[1 << 18];
    ssize_t length = recv(chat, buffer, sizeof buffer, 0);
    if (length == 0 || (length < 0 && errno != EAGAIN)) {
        die("the chat client was dropped");
    }
    events += length > 0 ? (unsigned long long)length : 0;
}

static void run_until(double end, int window)
{
    static double last_answer;
    static int on_the_way;
    while (now() < end) {
        struct pollfd watched[] = {{.fd = fd, .events = POLLIN}, {.fd = chat, .events = POLLIN}};
        send_messages(window - on_the_way);
        on_the_way = window;
        int ready = poll(watched, 2, 10);
        if (watched[1].revents != 0) {
            read_chat();
        }
        int count = ready > 0 && watched[0].revents != 0 ? take() : 0;
        if (count > 0) {
            last_answer = now();
            answers += (unsigned)count;
            on_the_way -= count < on_the_way ? count : on_the_way;
        } else if (now() - last_answer > LOST_MS / 1000.0) {
            lost += (unsigned)on_the_way;
            on_the_way = 0;
            last_answer = now();
        }
    }
}

static void run_messages(pid_t process, int window, double seconds)
{
    run_until(now() + seconds / 4, window);
    answers = events = lost = 0;
    double start = now();
    double start_cpu = cpu_seconds(process);
    run_until(start + seconds, window);
    double spent = cpu_seconds(process) - start_cpu;
    printf("%.0f %.3f\n", (double)answers / (now() - start), spent * 1e6 / (double)answers);
    if (lost > answers / 100 || (chat >= 0 && events < answers * 32)) {
        (void)fprintf(stderr, "feiq_load: %llu of %llu lost, reader got %llu bytes\n", lost,
                      answers + lost, events);
        exit(1);
    }
}

static void log_in_users(int users)
{
    char data[BATCH][ROOM];
    size_t lengths[BATCH];
    double start = now();
    for (int done = 0; done < users;) {
        int batch = users - done < BATCH ? users - done : BATCH;
        for (int i = 0; i < batch; i++) {
            lengths[i] = (size_t)snprintf(data[i], ROOM,
                                          VERSION ":%llu:user%05d:PC-%05d:6291457:User %d%cOffice",
                                          ++number, done + i, done + i, done + i, '\0') +
                         1;
        }
        put(data, lengths, batch);
        done += batch;
        while (now() - start < (double)done / USERS_A_SECOND) {
            (void)take();
        }
    }
    for (double quiet = now() + 0.5; now() < quiet;) {
        quiet = take() > 0 ? now() + 0.5 : quiet;
    }
    puts("ready");
    (void)fflush(stdout);
    while (getchar() != EOF) {
    }
}

static void log_in_reader(uint16_t port)
{
    static const char request[] = "1#1#reader\n";
    struct sockaddr_in address = loopback(port);
    char answer[256];
    chat = socket(AF_INET, SOCK_STREAM, 0);
    if (chat < 0 || connect(chat, (struct sockaddr *)&address, sizeof address) != 0 ||
        send(chat, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1 ||
        recv(chat, answer, sizeof answer, 0) <= 0) {
        die("chat");
    }
    set_non_blocking(chat);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fputs("feiq_load: see the comment at its beginning\n", stderr);
        return 2;
    }
    struct sockaddr_in own = loopback(0);
    server = loopback((uint16_t)atoi(argv[1]));
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) != 0) {
        die("socket");
    }
    set_buffers(fd);
    set_non_blocking(fd);
    number = (unsigned long long)time(NULL);
    if (strcmp(argv[3], "users") == 0) {
        log_in_users(atoi(argv[4]));
    } else if (strcmp(argv[3], "messages") == 0 && argc >= 6) {
        int window = atoi(argv[4]);
        if (argc > 6) {
            log_in_reader((uint16_t)atoi(argv[6]));
        }
        run_messages((pid_t)atoi(argv[2]), window < MOST_WINDOW ? window : MOST_WINDOW,
                     atof(argv[5]));
    }
    return 0;
}
