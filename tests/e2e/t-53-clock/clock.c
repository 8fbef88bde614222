/* clock - a wall clock that a test moves: preloaded before libc, adds the seconds in $CLOCK_FILE.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *moved; /* mapped once: a sandbox lets nobody open the file later */

__attribute__((constructor)) static void map_file(void) {
  const char *path = getenv("CLOCK_FILE");
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *moved, PROT_READ, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) moved = at;
  if (fd >= 0) close(fd);
}

int clock_gettime(clockid_t id, struct timespec *ret_time) {
  int code = (int)syscall(SYS_clock_gettime, id, ret_time);
  if (code == 0 && moved && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
    ret_time->tv_sec += *moved;
  return code;
}

int gettimeofday(struct timeval *restrict ret_time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  *ret_time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *ret_time) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  if (ret_time) *ret_time = now.tv_sec;
  return now.tv_sec;
}
