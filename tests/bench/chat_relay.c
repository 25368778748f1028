/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The floor for a chat server: a relay that understands nothing. What client 2k sends goes to
 * client 2k+1 as it is, and the other way round, by the order in which they came; what begins with
 * "*" goes to all others. Prints its port, and ends when standard input does.
 */
#include "chat_socket.h"

enum { MOST = 65536, EVENTS = 256 };

static int sockets[MOST];
static int count;

static void forward(int to, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(to, data, length, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN || errno == EINTR) {
                continue; /* the generator keeps its windows small, so this is short */
            }
            return;
        }
        data += sent;
        length -= (size_t)sent;
    }
}

static void relay(int index)
{
    char buffer[65536];
    ssize_t length = recv(sockets[index], buffer, sizeof buffer, 0);
    if (length <= 0) {
        if (length == 0 || errno != EAGAIN) {
            close(sockets[index]);
        }
        return;
    }
    if (buffer[0] == '*') {
        for (int i = 0; i < count; i++) {
            if (i != index) {
                forward(sockets[i], buffer, (size_t)length);
            }
        }
    } else if ((index ^ 1) < count) {
        forward(sockets[index ^ 1], buffer, (size_t)length);
    }
}

static void watch(int epoll, int fd, int index)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        die("epoll_ctl");
    }
}

int main(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    raise_descriptor_limit();
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int epoll = epoll_create1(0);
    if (listener < 0 || epoll < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 4096) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        die("relay");
    }
    set_non_blocking(listener);
    watch(epoll, listener, MOST);
    watch(epoll, STDIN_FILENO, MOST + 1);
    printf("%u\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int index = (int)events[i].data.u32;
            if (index == MOST + 1) {
                return 0;
            }
            if (index < MOST) {
                relay(index);
                continue;
            }
            for (int fd; count < MOST && (fd = accept(listener, NULL, NULL)) >= 0;) {
                set_non_blocking(fd);
                sockets[count] = fd;
                watch(epoll, fd, count++);
            }
        }
    }
}
