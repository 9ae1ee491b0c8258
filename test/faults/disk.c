/*
 * Loaded into a server (LD_PRELOAD), notes in the file DISK_LOG what it writes and what the disk has confirmed, so that a
 * test knows what a power cut could have taken: `w NAME OFFSET LENGTH` before a write, `s NAME` after an fsync. Makes every
 * fsync last DISK_SYNC_MS, as on a slow card, so that there is a moment in which to cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name of a regular file in some folder, or NULL for what is none. */
static const char *name_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length <= 0 || path[0] != '/') return NULL;
  path[length] = 0;
  return strrchr(path, '/') + 1;
}

static void note(char what, int fd, long long offset, long long length) {
  static int log = -2;
  char path[PATH_MAX], line[PATH_MAX + 64];
  const char *name = name_of(fd, path, sizeof path);
  if (log == -2) log = open(getenv("DISK_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (name == NULL) return;
  int size = snprintf(line, sizeof line, "%c %s %lld %lld\n", what, name, offset, length);
  if (write(log, line, size) != size) abort();
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (real == NULL) real = dlsym(RTLD_NEXT, "pwrite64");
  note('w', fd, offset, count);
  return real(fd, bytes, count, offset);
}

static int confirmed(const char *name, int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  usleep(1000 * atoi(getenv("DISK_SYNC_MS")));
  int result = real(fd);
  if (result == 0) note('s', fd, 0, 0);
  return result;
}

int fsync(int fd) { return confirmed("fsync", fd); }
int fdatasync(int fd) { return confirmed("fdatasync", fd); }
