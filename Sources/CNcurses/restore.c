#define _GNU_SOURCE 1

#include "restore.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { signal_count = 65, loop_patience_us = 60000 };

static volatile sig_atomic_t armed_terminal = -1;
static struct termios settings_before;
static uint8_t last_words[512];
static size_t last_words_count;

static int told_pipe = -1;
static volatile sig_atomic_t ending;
static struct sigaction actions_before[signal_count];
static unsigned char caught[signal_count];
static _Alignas(16) unsigned char crash_stack[65536];

/// Everything back in two calls. The descriptor does not block, so neither does this.
static void restore_now(void) {
    int terminal = armed_terminal;
    if (terminal < 0) return;
    armed_terminal = -1;
    ssize_t ignored = write(terminal, last_words, last_words_count);
    (void)ignored;
    tcsetattr(terminal, TCSANOW, &settings_before);
}

void cn_die_by(int number) {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    signal(number, SIG_DFL);
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &only, NULL);
}

static void on_crash(int number) {
    restore_now();
    cn_die_by(number);
}

/// The loop did not come round in time after an ending signal: end without it.
static void on_alarm(int number) {
    (void)number;
    if (ending == 0) return;
    restore_now();
    cn_die_by(ending);
}

/// Tells the loop. An ending signal also starts a clock (setitimer is one system call, safe here on Linux).
static void on_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(told_pipe, &byte, 1);
    (void)ignored;
    int is_ending = number == SIGTERM || number == SIGINT || number == SIGQUIT || number == SIGHUP;
    if (is_ending && ending == 0) {
        ending = number;
        struct itimerval soon = {.it_value = {0, loop_patience_us}};
        setitimer(ITIMER_REAL, &soon, NULL);
    }
    errno = saved;
}

static void take(int number, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, &actions_before[number]) == 0) caught[number] = 1;
}

int cn_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void cn_signals_take(int pipe) {
    static const int crashes[] = {SIGSEGV, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGTRAP};
    static const int told[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGWINCH, SIGCONT, SIGTSTP};
    // A stack that overflowed cannot run its own handler.
    stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL);
    told_pipe = pipe;
    ending = 0;
    take(SIGALRM, on_alarm, SA_ONSTACK);
    for (size_t at = 0; at < sizeof crashes / sizeof *crashes; at++) take(crashes[at], on_crash, SA_ONSTACK);
    for (size_t at = 0; at < sizeof told / sizeof *told; at++) {
        if (told[at] == SIGHUP && cn_is_ignored(SIGHUP)) continue;
        take(told[at], on_signal, SA_RESTART);
    }
}

void cn_signals_give_back(void) {
    struct itimerval never = {.it_value = {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    for (int number = 1; number < signal_count; number++) {
        if (caught[number]) sigaction(number, &actions_before[number], NULL);
        caught[number] = 0;
    }
    stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    told_pipe = -1;
}

void cn_restore_arm(int terminal, const struct termios *before, const uint8_t *farewell, size_t count) {
    static int is_registered;
    armed_terminal = -1;
    settings_before = *before;
    last_words_count = count <= sizeof last_words ? count : 0;
    memcpy(last_words, farewell, last_words_count);
    armed_terminal = terminal;
    if (!is_registered) is_registered = atexit(restore_now) == 0;
}

void cn_restore_disarm(void) { armed_terminal = -1; }
