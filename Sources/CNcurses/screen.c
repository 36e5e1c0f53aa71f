#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1

#include "screen.h"

#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

uint32_t cn_bold(void) { return A_BOLD; }
uint32_t cn_dim(void) { return A_DIM; }
uint32_t cn_reverse(void) { return A_REVERSE; }

FILE *cn_memory_file(void) {
    int descriptor = memfd_create("screen", MFD_CLOEXEC);
    if (descriptor < 0) return NULL;
    FILE *file = fdopen(descriptor, "w+");
    if (file == NULL) close(descriptor);
    return file;
}

/// Sets a variable and returns what it was, to be freed.
static char *exchange(const char *name, int value) {
    char text[16];
    char *before = getenv(name);
    if (before) before = strdup(before);
    snprintf(text, sizeof text, "%d", value);
    setenv(name, text, 1);
    return before;
}

static void put_back(const char *name, char *before) {
    if (before) setenv(name, before, 1);
    else unsetenv(name);
    free(before);
}

cn_screen *cn_screen_open(const char *terminal, FILE *file, int rows, int columns) {
    static const int touched[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction before[4];
    for (int at = 0; at < 4; at++) sigaction(touched[at], NULL, &before[at]);
    // A file has no size, and neither have some terminals' descriptions (linux, dumb): then only these two say it.
    char *lines_before = exchange("LINES", rows);
    char *columns_before = exchange("COLUMNS", columns);
    SCREEN *screen = newterm(terminal, file, file);
    put_back("LINES", lines_before);
    put_back("COLUMNS", columns_before);
    for (int at = 0; at < 4; at++) sigaction(touched[at], &before[at], NULL);
    if (screen == NULL) return NULL;
    nonl();
    typeahead(-1);
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
    curs_set(0);
    return screen;
}

void cn_screen_end(cn_screen *screen) {
    set_term(screen);
    endwin();
}

void cn_screen_free(cn_screen *screen) { delscreen(screen); }

const char *cn_capability(const char *name) {
    const char *text = tigetstr((char *)name);
    return text == (const char *)-1 ? NULL : text;
}

int cn_start_colours(void) {
    if (!has_colors() || start_color() == ERR) return 0;
    use_default_colors();
    return COLORS;
}

void cn_define_pair(short pair, short foreground) { init_pair(pair, foreground, -1); }

void cn_resize(int rows, int columns) { resize_term(rows, columns); }

void cn_erase(void) { werase(stdscr); }

void cn_put(int row, int column, const uint32_t *scalars, int count, uint32_t attributes, short pair) {
    cchar_t cells[64];
    for (int done = 0; done < count;) {
        // A tail whose character was put before, and has not changed.
        if (scalars[done] == 0) {
            done++;
            continue;
        }
        int first = done, some = 0;
        while (some < 64 && done < count && scalars[done] != 0) {
            wchar_t text[2] = {(wchar_t)scalars[done], 0};
            int isLast = done + 1 == count, hasTail = !isLast && scalars[done + 1] == 0;
            int columns = wcwidth(text[0]);
            int agrees = columns == (hasTail ? 2 : 1) || (columns == 2 && isLast);
            if (!agrees) text[0] = L'?';
            setcchar(&cells[some++], text, attributes, pair, NULL);
            done++;
            if (!hasTail) continue;
            done++;
            if (agrees) continue;
            // The C library knows the character with another width: its second column is filled as well.
            if (some == 64) break;
            setcchar(&cells[some++], text, attributes, pair, NULL);
        }
        mvwadd_wchnstr(stdscr, row, column + first, cells, some);
    }
}

void cn_paint(int row, int column, int everything) {
    int shown = row >= 0;
    leaveok(stdscr, !shown);
    if (everything) clearok(stdscr, TRUE);
    if (shown) wmove(stdscr, row, column);
    wnoutrefresh(stdscr);
    curs_set(shown);
    doupdate();
}
