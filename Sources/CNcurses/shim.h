// What Swift cannot import from ncurses: macros (A_*, getmaxyx), shared state (stdscr, COLORS) and wide cells.
#ifndef BATON_NCURSES_SHIM_H
#define BATON_NCURSES_SHIM_H

// No feature macros of libc: its types must look as they do in Swift's own Glibc module.
#define NCURSES_WIDECHAR 1

#include <ncurses.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <wchar.h>

// Declared by wchar.h only under the feature macros that are left out above.
extern int wcwidth(wchar_t character);

static inline uint32_t cn_bold(void) { return A_BOLD; }
static inline uint32_t cn_dim(void) { return A_DIM; }
static inline uint32_t cn_reverse(void) { return A_REVERSE; }
static inline uint32_t cn_underline(void) { return A_UNDERLINE; }

/// A file in memory that ncurses writes to instead of the terminal. ncurses writes to the descriptor itself, and on a full
/// terminal either blocks or spins on EAGAIN (tinfo/lib_tputs.c, _nc_flush): only a file never makes it wait.
static inline FILE *cn_memory_file(void) {
    int descriptor = (int)syscall(SYS_memfd_create, "screen", 1u /* MFD_CLOEXEC */);
    if (descriptor < 0) return NULL;
    FILE *file = fdopen(descriptor, "w+");
    if (file == NULL) close(descriptor);
    return file;
}

/// Sets a variable for one call and gives it back afterwards; NULL leaves none.
static inline void cn_set(const char *name, const char *value) {
    if (value == NULL) unsetenv(name);
    else setenv(name, value, 1);
}

/// newterm, without the handlers that it installs for INT, TERM, TSTP and WINCH. NULL for an unknown terminal, nothing printed.
/// The size goes by LINES and COLUMNS, since a file has none and some terminals' descriptions (linux, dumb) have none either.
static inline SCREEN *cn_open_screen(const char *terminal, FILE *file, int rows, int columns) {
    char *lines_before = getenv("LINES"), *columns_before = getenv("COLUMNS");
    if (lines_before) lines_before = strdup(lines_before);
    if (columns_before) columns_before = strdup(columns_before);
    char text[16];
    snprintf(text, sizeof text, "%d", rows);
    cn_set("LINES", text);
    snprintf(text, sizeof text, "%d", columns);
    cn_set("COLUMNS", text);
    const int touched[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction before[4];
    for (int at = 0; at < 4; at++) sigaction(touched[at], NULL, &before[at]);
    SCREEN *screen = newterm(terminal, file, file);
    cn_set("LINES", lines_before);
    cn_set("COLUMNS", columns_before);
    free(lines_before);
    free(columns_before);
    for (int at = 0; at < 4; at++) sigaction(touched[at], &before[at], NULL);
    if (screen == NULL) return NULL;
    nonl();
    typeahead(-1);
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
    curs_set(0);
    return screen;
}

/// Ends the screen: what puts the terminal back is in the file afterwards.
static inline void cn_close_screen(SCREEN *screen) {
    set_term(screen);
    endwin();
}

static inline int cn_resize(int rows, int columns) { return resize_term(rows, columns); }

/// How many colours there are, 0 for none; -1 is the terminal's own foreground or background from here on.
static inline int cn_start_colours(void) {
    if (!has_colors() || start_color() == ERR) return 0;
    use_default_colors();
    return COLORS;
}

/// Puts cells on one row without moving a cursor, so the last cell of a screen never scrolls it.
static inline void cn_put(int row, int column, const uint32_t *scalars, int count, uint32_t attributes, short pair) {
    cchar_t cells[64];
    for (int done = 0; done < count;) {
        int some = 0;
        for (; some < 64 && done + some < count; some++) {
            wchar_t text[2] = {(wchar_t)scalars[done + some], 0};
            if (wcwidth(text[0]) != 1 || setcchar(&cells[some], text, attributes, pair, NULL) == ERR) {
                text[0] = L'?';
                setcchar(&cells[some], text, attributes, pair, NULL);
            }
        }
        mvwadd_wchnstr(stdscr, row, column + done, cells, some);
        done += some;
    }
}

static inline void cn_erase(void) {
    werase(stdscr);
}

/// Sends the difference to the file. A row below 0 hides the cursor and leaves it where the last cell was written.
static inline void cn_paint(int row, int column, int everything) {
    int shown = row >= 0;
    leaveok(stdscr, !shown);
    if (everything) clearok(stdscr, TRUE);
    if (shown) wmove(stdscr, row, column);
    wnoutrefresh(stdscr);
    curs_set(shown);
    doupdate();
}

/// A terminal's own string for a terminfo name; NULL where it has none.
static inline const char *cn_capability(const char *name) {
    char *text = tigetstr((char *)name);
    return text == (char *)-1 ? NULL : text;
}

#endif
