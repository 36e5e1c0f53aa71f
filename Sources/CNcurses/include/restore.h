// Signals, and the last resort that puts a terminal back when no loop can. Handlers run between any two instructions, so they
// are C and call only what signal-safety(7) allows.
#ifndef BATON_RESTORE_H
#define BATON_RESTORE_H

#include <stddef.h>
#include <stdint.h>
#include <termios.h>

/// Takes over the signals; the numbers of ending and telling ones are written to the pipe. A crash puts the terminal back and
/// then has its default action. A SIGHUP that was ignored at exec (nohup) stays ignored.
void cn_signals_take(int pipe);

/// Gives every signal back to who had it before.
void cn_signals_give_back(void);

/// Arms the last resort, also for exit(3). A farewell over 512 bytes is left out whole: half a sequence is worse than none.
void cn_restore_arm(int terminal, const struct termios *before, const uint8_t *farewell, size_t count);

/// The terminal has been put back, or has gone.
void cn_restore_disarm(void);

int cn_is_ignored(int number);

/// Ends this process by a signal, whatever was set for it.
void cn_die_by(int number);

#endif
