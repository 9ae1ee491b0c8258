/*
 * Load for the ingest benchmark: N connections, each with one live frame on its way at a time, for some seconds.
 *
 * In C, so that the server is what is measured: a client in Node takes as long per frame as the server does. Every frame
 * is another 10-second sample of its connection's battery, so that none is a duplicate.
 *
 *   load PORT CONNECTIONS SECONDS FRAMES FIRST
 *
 * Counts for so many seconds, or until so many frames are answered where that is not 0; a third as much before warms both sides
 * up and is not counted. FIRST is the time of the first sample, Unix seconds. Prints `counting` when that begins, and in the end
 * {"frames":…,"seconds":…}
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REPLY = 29, MOST = 512 };

struct peer {
  int fd;
  int waiting;
  time_t sample;
  int number;
};

static uint16_t table[256];

static void build_table(void) {
  for (int byte = 0; byte < 256; byte++) {
    uint16_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
    table[byte] = crc;
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int frame(struct peer *peer, unsigned char *out) {
  struct tm tm;
  gmtime_r(&peer->sample, &tm);
  int length = snprintf((char *)out + 7, MOST - 16,
                        "{\"Time\":\"%04d/%02d/%02d %02d:%02d:%02d\",\"SN\":\"ALBENCH%08d\",\"Ppv1\":\"1243\",\"Ppv2\":\"1228\","
                        "\"PrealL1\":\"%d\",\"PrealL2\":\"0.0\",\"PrealL3\":\"0.0\",\"PmeterL1\":\"-4\",\"PmeterL2\":\"0\","
                        "\"PmeterL3\":\"0\",\"PmeterDC\":\"1071\",\"Pbat\":\"-708.8640\",\"Sva\":\"1643\",\"VarAC\":\"-559\","
                        "\"VarDC\":\"-10\",\"SOC\":\"33.6\"}",
                        tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, peer->number,
                        1000 + (int)(peer->sample % 900));
  unsigned char head[7] = {1, 1, 16, 0, 0, length >> 8, length & 0xff};
  memcpy(out, head, 7);
  uint16_t crc = 0xffff;
  for (int i = 0; i < length + 7; i++) crc = (crc >> 8) ^ table[(crc ^ out[i]) & 0xff];
  out[length + 7] = crc >> 8;
  out[length + 8] = crc & 0xff;
  peer->sample += 10;
  return length + 9;
}

static void send_frame(struct peer *peer) {
  unsigned char bytes[MOST];
  int length = frame(peer, bytes);
  if (write(peer->fd, bytes, length) != length) exit(1);
  peer->waiting = REPLY;
}

/* Whether its reply is there as a whole. */
static int heard(struct peer *peer) {
  char bytes[256];
  ssize_t got = read(peer->fd, bytes, sizeof bytes);
  if (got <= 0) {
    fprintf(stderr, "the server hung up: %s\n", strerror(errno));
    exit(1);
  }
  peer->waiting -= got;
  return peer->waiting <= 0;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int connections = atoi(argv[2]);
  double seconds = atof(argv[3]);
  long most = atol(argv[4]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  build_table();
  int poll = epoll_create1(0);
  struct peer *peers = calloc(connections, sizeof *peers);
  for (int i = 0; i < connections; i++) {
    int one = 1;
    peers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    peers[i].number = i + 1;
    peers[i].sample = atol(argv[5]);
    setsockopt(peers[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(peers[i].fd, (struct sockaddr *)&to, sizeof to) != 0) return 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, peers[i].fd, &event);
  }
  /* The first of each is answered before the second of any is sent: none runs ahead of those that are still taken in. */
  for (int i = 0; i < connections; i++) send_frame(&peers[i]);
  for (int answered = 0; answered < connections;) {
    struct epoll_event events[1024];
    int count = epoll_wait(poll, events, 1024, 100);
    for (int i = 0; i < count; i++) answered += heard(events[i].data.ptr);
  }
  for (int i = 0; i < connections; i++) send_frame(&peers[i]);
  double start = now(), counting = 0;
  long frames = 0;
  for (double t = start; counting == 0 || (most > 0 ? frames < most : t < counting + seconds); t = now()) {
    struct epoll_event events[1024];
    int count = epoll_wait(poll, events, 1024, 100);
    if (counting == 0 && (most > 0 ? frames >= most / 3 : t >= start + seconds / 3)) {
      counting = t, frames = 0;
      printf("counting\n");
      fflush(stdout);
    }
    for (int i = 0; i < count; i++) {
      struct peer *peer = events[i].data.ptr;
      if (!heard(peer)) continue;
      frames++;
      send_frame(peer);
    }
  }
  printf("{\"frames\":%ld,\"seconds\":%f}\n", frames, now() - counting);
  return 0;
}
