/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The floor for a FeiQ node: it takes datagrams many at a time and sends each back to where it came
 * from, understanding nothing. Prints its port, and ends when standard input does.
 */
#include "chat_socket.h"

#include <poll.h>

enum { BATCH = 32, ROOM = 2048 };

static char data[BATCH][ROOM];

static void answer(int fd)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in senders[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){data[i], ROOM};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &senders[i];
        messages[i].msg_hdr.msg_namelen = sizeof senders[i];
    }
    int count = recvmmsg(fd, messages, BATCH, 0, NULL);
    for (int i = 0; i < count; i++) {
        parts[i].iov_len = messages[i].msg_len;
    }
    for (int sent = 0; sent < count;) {
        int now_sent = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
        sent += now_sent > 0 ? now_sent : 1;
    }
}

int main(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0) {
        die("responder");
    }
    set_buffers(fd);
    set_non_blocking(fd);
    printf("%u\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    struct pollfd watched[] = {{.fd = fd, .events = POLLIN},
                               {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(watched, 2, -1) >= 0 && watched[1].revents == 0) {
        answer(fd);
    }
    return 0;
}
