// What starting touched of the program's file, given back.
#ifndef BATON_PAGES_H
#define BATON_PAGES_H

/// Gives back the pages of the program's own code and constants. What is needed again comes back from the page cache.
void cn_pages_give_back(void);

#endif
