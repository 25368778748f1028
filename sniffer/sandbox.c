/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sniffer/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How files are made, see writer.c; a filter can compare it. */
#include "sniffer/source/writer.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* --- privileges --- */

static bool change_user(const char *name, char *message, size_t size)
{
    const struct passwd *user = getpwnam(name);
    if (user == NULL) {
        (void)snprintf(message, size, "-Z %s: there is no such user", name);
        return false;
    }
    capng_clear(CAPNG_SELECT_BOTH);
    int result = capng_change_id((int)user->pw_uid, (int)user->pw_gid,
                                 CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
    if (result != 0) {
        (void)snprintf(message, size, "-Z %s: cannot become this user (libcap-ng says %d)", name,
                       result);
    }
    return result == 0;
}

bool sandbox_drop_privileges(const SandboxNeeds *needs, char *message, size_t size)
{
    if (needs->user != NULL && geteuid() != 0) {
        (void)snprintf(message, size, "-Z %s: only root can become another user", needs->user);
        return false;
    }
    if (needs->user != NULL) {
        return change_user(needs->user, message, size);
    }
    if (geteuid() == 0 && !needs->stay && change_user("nobody", message, size)) {
        return true;
    }
    capng_clear(CAPNG_SELECT_BOTH);
    (void)capng_apply(CAPNG_SELECT_BOUNDS); /* only who may can do without the bounding set */
    if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
        (void)snprintf(message, size, "the capabilities cannot be given up");
        return false;
    }
    return true;
}

/* --- system calls --- */

/* Reading, writing, waiting, memory, the clock, libpcap's ring, the random numbers by which
 * libgcrypt blinds RSA, and the end. */
static const int allowed[] = {
    SCMP_SYS(read),         SCMP_SYS(write),
    SCMP_SYS(writev),       SCMP_SYS(lseek),
    SCMP_SYS(close),        SCMP_SYS(poll),
    SCMP_SYS(ppoll),        SCMP_SYS(brk),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),
    SCMP_SYS(madvise),      SCMP_SYS(fadvise64),
    SCMP_SYS(fstat),        SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(futex),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
    SCMP_SYS(getsockopt),   SCMP_SYS(setsockopt),
    SCMP_SYS(recvfrom),     SCMP_SYS(recvmsg),
    SCMP_SYS(getpid),       SCMP_SYS(geteuid),
    SCMP_SYS(capget),       SCMP_SYS(exit),
    SCMP_SYS(exit_group),   SCMP_SYS(getrandom),
    SCMP_SYS(pread64),
};

/* What nobody who took the program over may do; in sanitised builds, whose own calls are many. */
static const int forbidden[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(sendto),
    SCMP_SYS(bind),   SCMP_SYS(setuid),   SCMP_SYS(mount),  SCMP_SYS(unlink),  SCMP_SYS(rename),
};

static int allow_memory(scmp_filter_ctx context)
{
    /* No memory that can be run. */
    int result = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return result != 0 ? result
                       : seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* Asking what is known of oneself, which sandbox_show and fstat do; whether an interface is up,
 * which libpcap does when it is told of a change; how wide the terminal is. */
static int allow_questions(scmp_filter_ctx context)
{
    static const scmp_datum_t options[] = {PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS};
    static const scmp_datum_t requests[] = {SIOCGIFFLAGS, TIOCGWINSZ};
    int result = 0;
    for (size_t i = 0; i < sizeof requests / sizeof *requests && result == 0; i++) {
        result = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                  SCMP_A1(SCMP_CMP_EQ, requests[i]));
    }
    for (size_t i = 0; i < sizeof options / sizeof *options && result == 0; i++) {
        result = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                                  SCMP_A0(SCMP_CMP_EQ, options[i]));
    }
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000 /* Linux's, which C17 without extensions hides */
#endif
    return result != 0 ? result
                       : seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                          SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
}

static int allow_files(scmp_filter_ctx context, int directory)
{
    int result = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)directory),
                                  SCMP_A2(SCMP_CMP_EQ, WRITER_OPEN_FLAGS));
    return result != 0 ? result
                       : seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(unlinkat), 1,
                                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)directory));
}

static int add_rules(scmp_filter_ctx context, const SandboxNeeds *needs)
{
    int result = 0;
    if (SANITIZED) {
        for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden && result == 0; i++) {
            result = seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0);
        }
        return result;
    }
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && result == 0; i++) {
        result = seccomp_rule_add(context, SCMP_ACT_ALLOW, allowed[i], 0);
    }
    result = result != 0 ? result : allow_memory(context);
    result = result != 0 ? result : allow_questions(context);
    if (result == 0 && needs->directory >= 0) {
        result = allow_files(context, needs->directory);
    }
    return result;
}

bool sandbox_filter_system_calls(const SandboxNeeds *needs, char *message, size_t size)
{
    scmp_filter_ctx context = seccomp_init(SANITIZED ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    int result = context != NULL ? add_rules(context, needs) : -ENOMEM;
    if (result == 0) {
        result = seccomp_load(context); /* sets that no new privileges can be had, too */
    }
    if (context != NULL) {
        seccomp_release(context);
    }
    if (result != 0) {
        (void)snprintf(message, size, "the system calls cannot be filtered: %s", strerror(-result));
    }
    return result == 0;
}

/* Asked of the kernel itself, since libcap-ng wants to read files for it. */
static bool has_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, data) != 0) {
        return true;
    }
    uint32_t any = 0;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        any |= data[i].effective | data[i].permitted | data[i].inheritable;
    }
    return any != 0;
}

void sandbox_show(void)
{
    (void)fprintf(stderr, "feiqdump: user id %u, %s, %s, system calls %s\n", (unsigned)geteuid(),
                  has_capabilities() ? "with capabilities" : "no capabilities",
                  prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "no new privileges"
                                                              : "new privileges possible",
                  prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2 ? "filtered" : "not filtered");
}
