/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chatd/node/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

enum {
    BATCH = 32,              /* datagrams read or sent at once */
    KERNEL_BUFFER = 8 << 20, /* bytes; FeiQ sends images in bursts of a megabyte */
    MOST_QUEUED = 64 << 20,  /* bytes kept to be sent; what is beyond is dropped */
    KEPT_CAPACITY = 1 << 20, /* bytes of memory kept for the next queue */
    MULTICAST = 0xe          /* first four bits of an IPv4 multicast address */
};

typedef struct {
    NodeAddress to;
    gsize offset; /* in queue_bytes */
    gsize length;
} Queued;

struct NodeSocket {
    int fd;
    int family;
    NodeAddress address;
    GArray *queue;
    GByteArray *queue_bytes;
    guint64 sent;
    guint64 unsent;
    guint8 received[BATCH][NODE_DATAGRAM_SIZE];
};

static gboolean fail(GError **error, const char *address, guint16 port)
{
    int saved = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved),
                "feiq: %s, UDP port %u: %s", address, port, g_strerror(saved));
    return FALSE;
}

static void set_option(int fd, int level, int option, int value)
{
    (void)setsockopt(fd, level, option, &value, sizeof value);
}

static void set_options(const NodeSocket *self)
{
    set_option(self->fd, SOL_SOCKET, SO_BROADCAST, 1);
    set_option(self->fd, SOL_SOCKET, SO_RCVBUF, KERNEL_BUFFER);
    set_option(self->fd, SOL_SOCKET, SO_SNDBUF, KERNEL_BUFFER);
    if (self->family == AF_INET6) {
        set_option(self->fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
    } else if (!node_address_is_any(&self->address)) {
        struct sockaddr_storage place;
        struct sockaddr_in own; /* to multicast groups it sends from there, too */
        (void)node_address_to_socket(&self->address, self->family, &place);
        memcpy(&own, &place, sizeof own);
        (void)setsockopt(self->fd, IPPROTO_IP, IP_MULTICAST_IF, &own.sin_addr, sizeof own.sin_addr);
    }
}

static gboolean read_address(NodeSocket *self)
{
    struct sockaddr_storage place = {0};
    socklen_t length = sizeof place;
    if (getsockname(self->fd, (struct sockaddr *)&place, &length) != 0) {
        return FALSE;
    }
    self->family = place.ss_family;
    if (self->family != AF_INET && self->family != AF_INET6) {
        errno = EAFNOSUPPORT;
        return FALSE;
    }
    node_address_from_socket(&self->address, (struct sockaddr *)&place);
    return TRUE;
}

static gboolean open_socket(NodeSocket *self, const char *text, guint16 port, GError **error)
{
    struct sockaddr_storage place;
    if (!node_address_parse(&self->address, text, port)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "feiq: “%s” is not an IP address",
                    text);
        return FALSE;
    }
    self->family = node_address_is_ipv4(&self->address, NULL) ? AF_INET : AF_INET6;
    self->fd = socket(self->family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (self->fd < 0) {
        return fail(error, text, port);
    }
    guint32 ipv4 = 0;
    if (node_address_is_ipv4(&self->address, &ipv4) && ipv4 >> 28 == MULTICAST) {
        set_option(self->fd, SOL_SOCKET, SO_REUSEADDR, 1); /* others on this host hear it, too */
    }
    if (self->family == AF_INET6) {
        set_option(self->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
    set_options(self);
    socklen_t length = node_address_to_socket(&self->address, self->family, &place);
    if (bind(self->fd, (struct sockaddr *)&place, length) != 0 || !read_address(self)) {
        return fail(error, text, port);
    }
    return TRUE;
}

static NodeSocket *make(int fd)
{
    NodeSocket *self = g_new0(NodeSocket, 1);
    self->fd = fd;
    self->queue = g_array_new(FALSE, FALSE, sizeof(Queued));
    self->queue_bytes = g_byte_array_new();
    return self;
}

NodeSocket *node_socket_new(const char *address, guint16 port, GError **error)
{
    g_autoptr(NodeSocket) self = make(-1);
    return open_socket(self, address, port, error) ? g_steal_pointer(&self) : NULL;
}

NodeSocket *node_socket_new_given(int fd, GError **error)
{
    NodeSocket *self = make(fd);
    int type = 0;
    socklen_t size = sizeof type;
    gboolean good = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
    if (good && type != SOCK_DGRAM) {
        errno = EPROTOTYPE;
        good = FALSE;
    }
    if (!good || !read_address(self) || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        int saved = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(saved),
                    "feiq: given socket %d: %s", fd, g_strerror(saved));
        node_socket_free(self);
        return NULL;
    }
    set_options(self);
    return self;
}

void node_socket_free(NodeSocket *self)
{
    if (self == NULL) {
        return;
    }
    if (self->fd >= 0) {
        close(self->fd);
    }
    g_array_unref(self->queue);
    g_byte_array_unref(self->queue_bytes);
    g_free(self);
}

int node_socket_fd(const NodeSocket *self)
{
    return self->fd;
}

int node_socket_family(const NodeSocket *self)
{
    return self->family;
}

const NodeAddress *node_socket_address(const NodeSocket *self)
{
    return &self->address;
}

void node_socket_join(NodeSocket *self, const NodeAddress *group)
{
    char text[NODE_ADDRESS_TEXT];
    struct sockaddr_storage place;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    int failed;
    if (node_address_is_ipv4(group, NULL)) {
        struct ip_mreqn request = {.imr_ifindex = (int)group->scope};
        (void)node_address_to_socket(group, AF_INET, &place);
        memcpy(&ipv4, &place, sizeof ipv4);
        request.imr_multiaddr = ipv4.sin_addr;
        if (node_address_to_socket(&self->address, AF_INET, &place) != 0) {
            memcpy(&ipv4, &place, sizeof ipv4);
            request.imr_address = ipv4.sin_addr;
        }
        failed = setsockopt(self->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    } else {
        struct ipv6_mreq request = {.ipv6mr_interface = group->scope};
        (void)node_address_to_socket(group, AF_INET6, &place);
        memcpy(&ipv6, &place, sizeof ipv6);
        request.ipv6mr_multiaddr = ipv6.sin6_addr;
        failed = setsockopt(self->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request);
    }
    if (failed != 0 && errno != EADDRINUSE) {
        g_debug("feiq: %s cannot be joined: %s", node_address_text(group, text), g_strerror(errno));
    }
}

gboolean node_socket_receive(NodeSocket *self, NodeSocketReceiver *receiver, gpointer data)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage senders[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){self->received[i], NODE_DATAGRAM_SIZE};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &senders[i];
        messages[i].msg_hdr.msg_namelen = sizeof senders[i];
    }
    int count = recvmmsg(self->fd, messages, BATCH, 0, NULL);
    for (int i = 0; i < count; i++) {
        NodeAddress from;
        node_address_from_socket(&from, (struct sockaddr *)&senders[i]);
        receiver(&from, self->received[i], messages[i].msg_len, data);
    }
    return count == BATCH;
}

void node_socket_queue(NodeSocket *self, const NodeAddress *to, const guint8 *bytes, gsize length)
{
    if (self->queue_bytes->len + length > MOST_QUEUED) {
        self->unsent++;
        return;
    }
    Queued queued = {*to, self->queue_bytes->len, length};
    g_byte_array_append(self->queue_bytes, bytes, (guint)length);
    g_array_append_val(self->queue, queued);
}

gboolean node_socket_has_queue(const NodeSocket *self)
{
    return self->queue->len > 0;
}

/* Room for the message that names the interface by which a datagram goes out. */
typedef union {
    struct cmsghdr header; /* for the alignment */
    char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
} Control;

/* The routing table would choose one interface for a group or for 255.255.255.255. */
static void choose_interface(struct msghdr *message, Control *control, const NodeAddress *to)
{
    gboolean is_ipv4 = node_address_is_ipv4(to, NULL);
    if (to->scope == 0) {
        return;
    }
    memset(control, 0, sizeof *control);
    message->msg_control = control;
    message->msg_controllen = is_ipv4 ? CMSG_SPACE(sizeof(struct in_pktinfo)) : sizeof *control;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (is_ipv4) {
        struct in_pktinfo about = {.ipi_ifindex = (int)to->scope};
        *header = (struct cmsghdr){CMSG_LEN(sizeof about), IPPROTO_IP, IP_PKTINFO};
        memcpy(CMSG_DATA(header), &about, sizeof about);
    } else {
        struct in6_pktinfo about = {.ipi6_ifindex = to->scope};
        *header = (struct cmsghdr){CMSG_LEN(sizeof about), IPPROTO_IPV6, IPV6_PKTINFO};
        memcpy(CMSG_DATA(header), &about, sizeof about);
    }
}

/* Send some of the queue; returns how many are done with. */
static guint send_batch(NodeSocket *self, guint first)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage receivers[BATCH];
    Control controls[BATCH];
    memset(messages, 0, sizeof messages);
    guint count = MIN(self->queue->len - first, (guint)BATCH);
    for (guint i = 0; i < count; i++) {
        const Queued *queued = &g_array_index(self->queue, Queued, first + i);
        messages[i].msg_hdr.msg_namelen =
            node_address_to_socket(&queued->to, self->family, &receivers[i]);
        if (messages[i].msg_hdr.msg_namelen == 0) {
            count = i;
            break;
        }
        parts[i] = (struct iovec){self->queue_bytes->data + queued->offset, queued->length};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &receivers[i];
        choose_interface(&messages[i].msg_hdr, &controls[i], &queued->to);
    }
    int sent = count == 0 ? 0 : sendmmsg(self->fd, messages, count, 0);
    if (sent > 0) {
        self->sent += (guint)sent;
        return (guint)sent;
    }
    self->unsent++; /* the first of them; no route, no room, refused by its host */
    return 1;
}

void node_socket_flush(NodeSocket *self)
{
    for (guint first = 0; first < self->queue->len;) {
        first += send_batch(self, first);
    }
    node_socket_discard(self);
}

void node_socket_discard(NodeSocket *self)
{
    g_array_set_size(self->queue, 0);
    if (self->queue_bytes->len > KEPT_CAPACITY) {
        g_byte_array_unref(self->queue_bytes);
        self->queue_bytes = g_byte_array_new();
    } else {
        g_byte_array_set_size(self->queue_bytes, 0);
    }
}

guint64 node_socket_sent(const NodeSocket *self)
{
    return self->sent;
}

guint64 node_socket_unsent(const NodeSocket *self)
{
    return self->unsent;
}
