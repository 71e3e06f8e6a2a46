/* A medium that takes its time: each fsync and fdatasync of a process that this is preloaded into waits so many
   microseconds (GEC_BENCH_FLUSH_US), one after the other over all processes that name the same file
   (GEC_BENCH_FLUSH_LOCK), as a disk without a cache of its own flushes. A real one serves flushes that wait together:
   what is measured with this is no better than there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int flush(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  /* Opened anew each time: a lock belongs to the opening, so threads of one process wait for each other too. */
  int lock = open(getenv("GEC_BENCH_FLUSH_LOCK"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  flock(lock, LOCK_EX);
  usleep((useconds_t)atoi(getenv("GEC_BENCH_FLUSH_US")));
  int result = real(fd);
  int kept = errno;
  close(lock);
  errno = kept;
  return result;
}

int fsync(int fd) { return flush("fsync", fd); }
int fdatasync(int fd) { return flush("fdatasync", fd); }
