// Signals. Handlers run between any two instructions, so they are C and call only what signal-safety(7) allows.
// The state is static: include it in one Swift file only (SignalPipe.swift), or each would have a copy.
#ifndef BATON_RESTORE_H
#define BATON_RESTORE_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#define CN_SIGNALS 65

// Each has a value from the start: Swift's importer leaves out a tentative definition.
static int cn_terminal = -1;
static struct termios cn_terminal_before = {0};
static unsigned char cn_farewell[512] = {0};
static size_t cn_farewell_count = 0;
static int cn_pipe = -1;
static volatile sig_atomic_t cn_ending = 0;
static struct sigaction cn_before[CN_SIGNALS] = {{{0}}};
static unsigned char cn_caught[CN_SIGNALS] = {0};
static _Alignas(16) unsigned char cn_stack[32768] = {0};

/// The last resort: everything back in two calls. The descriptor does not block, so neither does this.
static inline void cn_restore_now(void) {
    int terminal = cn_terminal;
    if (terminal < 0) return;
    cn_terminal = -1;
    ssize_t ignored = write(terminal, cn_farewell, cn_farewell_count);
    (void)ignored;
    tcsetattr(terminal, TCSANOW, &cn_terminal_before);
}

/// A crash: restore, then let whoever was there before (the default action, a backtracer) have the signal.
static inline void cn_on_crash(int number) {
    cn_restore_now();
    sigaction(number, &cn_before[number], NULL);
    raise(number);
}

/// The loop did not come round in time after an ending signal: end without it.
static inline void cn_on_alarm(int number) {
    (void)number;
    int ending = cn_ending;
    if (ending == 0) return;
    cn_restore_now();
    signal(ending, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, ending);
    raise(ending);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
}

/// Tells the loop. An ending signal also starts a clock of 60 ms (setitimer is one system call, safe here on Linux).
static inline void cn_on_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(cn_pipe, &byte, 1);
    (void)ignored;
    if (number == SIGTERM || number == SIGINT || number == SIGQUIT || number == SIGHUP) {
        if (cn_ending == 0) {
            cn_ending = number;
            struct itimerval soon = {{0, 0}, {0, 60000}};
            setitimer(ITIMER_REAL, &soon, NULL);
        }
    }
    errno = saved;
}

static inline void cn_catch(int number, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, &cn_before[number]) == 0) cn_caught[number] = 1;
}

static inline int cn_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Takes over the signals; their numbers are written to the pipe. A SIGHUP that was ignored at exec (nohup) stays ignored.
static inline void cn_signals_take(int pipe) {
    static const int crashes[] = {SIGSEGV, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGTRAP};
    static const int told[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGWINCH, SIGCONT, SIGTSTP};
    stack_t stack = {.ss_sp = cn_stack, .ss_size = sizeof cn_stack, .ss_flags = 0};
    sigaltstack(&stack, NULL);
    cn_pipe = pipe;
    cn_ending = 0;
    cn_catch(SIGALRM, cn_on_alarm, SA_ONSTACK);
    for (size_t at = 0; at < sizeof crashes / sizeof *crashes; at++)
        cn_catch(crashes[at], cn_on_crash, SA_ONSTACK | SA_NODEFER);
    for (size_t at = 0; at < sizeof told / sizeof *told; at++) {
        if (told[at] == SIGHUP && cn_is_ignored(SIGHUP)) continue;
        cn_catch(told[at], cn_on_signal, SA_RESTART);
    }
}

/// Gives every signal back to who had it before.
static inline void cn_signals_give_back(void) {
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    for (int number = 1; number < CN_SIGNALS; number++) {
        if (!cn_caught[number]) continue;
        cn_caught[number] = 0;
        sigaction(number, &cn_before[number], NULL);
    }
    stack_t none = {.ss_sp = NULL, .ss_size = 0, .ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    cn_pipe = -1;
}

/// Arms the last resort. Bytes over its room are left out whole, since half a sequence is worse than none.
static inline void cn_restore_arm(int terminal, const struct termios *before, const uint8_t *farewell, size_t count) {
    cn_terminal = -1;
    cn_terminal_before = *before;
    cn_farewell_count = count <= sizeof cn_farewell ? count : 0;
    memcpy(cn_farewell, farewell, cn_farewell_count);
    cn_terminal = terminal;
}

static inline void cn_restore_disarm(void) { cn_terminal = -1; }

/// Ends this process by a signal, whatever was set for it.
static inline void cn_die_by(int number) {
    signal(number, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
}

#endif
