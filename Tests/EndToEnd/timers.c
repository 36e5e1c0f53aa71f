// Gives a program its timers back under faketime, whose timerfd_settime(2) takes every timer for one of the wall clock: what sleeps on
// the boot clock would sleep for an hour longer where the wall clock is set back by one. The kernel does no such thing.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int descriptor, int flags, const struct itimerspec *new, struct itimerspec *old) {
    return syscall(SYS_timerfd_settime, descriptor, flags, new, old);
}
