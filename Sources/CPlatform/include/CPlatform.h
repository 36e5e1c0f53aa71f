// Calls of glibc that it declares for _GNU_SOURCE alone, which Swift's module of it does not set.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <spawn.h>
#include <unistd.h>

// pipe(2): both ends with flags from the beginning, so that no child that another thread starts inherits them.
int pipe2(int ends[2], int flags);
// posix_spawn(3), glibc 2.29.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
// posix_spawn(3), glibc 2.34.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

#endif
