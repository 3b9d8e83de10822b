/* Makes `os.clock` count the time of the thread that asks, not of the process: the compiler's thread, and what other programs on
   the same machine do, are not the program's pauses. SHIM=wall: the time that passes.
   cc -O2 -shared -fPIC -o /tmp/thread_clock.so bench/gc/thread_clock.c
   LD_PRELOAD=/tmp/thread_clock.so perilune bench/gc/ticks.lua cache */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static clockid_t chosen(void) {
  const char *kind = getenv("SHIM");
  return kind && kind[0] == 'w' ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
}

int clock_gettime(clockid_t id, struct timespec *time) {
  return syscall(SYS_clock_gettime, id == CLOCK_PROCESS_CPUTIME_ID ? chosen() : id, time);
}

clock_t clock(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * CLOCKS_PER_SEC + time.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}
