// The little of ncurses that the console needs, without what Swift cannot import: macros (A_*, getmaxyx), shared state (stdscr,
// COLORS), variadics and wide cells. ncurses draws; keys are read and decoded elsewhere.
#ifndef BATON_SCREEN_H
#define BATON_SCREEN_H

#include <stdint.h>
#include <stdio.h>

typedef struct screen cn_screen;

uint32_t cn_bold(void);
uint32_t cn_dim(void);
uint32_t cn_reverse(void);

/// A file in memory that ncurses writes to instead of the terminal; NULL without room. ncurses writes to the descriptor itself,
/// and on a full terminal either blocks or spins on EAGAIN (tinfo/lib_tputs.c, _nc_flush): only a file never makes it wait.
FILE *cn_memory_file(void);

/// Opens a screen that is written to the file; NULL for an unknown terminal. Nothing is printed and no handler left behind.
cn_screen *cn_screen_open(const char *terminal, FILE *file, int rows, int columns);

/// Ends the picture: what puts the terminal back is in the file afterwards.
void cn_screen_end(cn_screen *screen);

/// Frees the screen.
void cn_screen_free(cn_screen *screen);

/// The terminal's own string for a terminfo name; NULL where it has none.
const char *cn_capability(const char *name);

/// How many colours there are, 0 for none; -1 is the terminal's own foreground or background from here on.
int cn_start_colours(void);

/// Gives a colour pair its foreground, on the terminal's own background.
void cn_define_pair(short pair, short foreground);

void cn_resize(int rows, int columns);

void cn_erase(void);

/// Puts cells on one row without moving a cursor, so the last cell of a screen never scrolls it. A scalar of 0 is the second
/// column of the character before it.
void cn_put(int row, int column, const uint32_t *scalars, int count, uint32_t attributes, short pair);

/// Writes the difference to the file. A row below 0 hides the cursor and leaves it where the last cell was written.
void cn_paint(int row, int column, int everything);

#endif
