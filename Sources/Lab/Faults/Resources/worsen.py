#!/usr/bin/python3
"""A bad line: carries frames between two network cards, late, and loses some.

    worsen.py LOSS_PERCENT DELAY_MS CARD CARD [CARD CARD ...]

The kernel's own way (tc netem) is missing in many small kernels, so this is
done here: each frame that a card of a pair hears is sent by the other one
after DELAY_MS, unless it is lost. Both directions. PACKET_VNET_HDR carries what the
cards have left undone (checksums, segmentation) along with the frame. Ends at
SIGTERM or when a card goes.
"""
import collections
import random
import selectors
import signal
import socket
import sys
import time

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING, ETH_P_ALL = 263, 15, 23, 3


def card(name):
    it = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    it.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    it.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    it.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    it.bind((name, 0))
    it.setblocking(False)
    return it


def main():
    loss, delay = float(sys.argv[1]) / 100, float(sys.argv[2]) / 1000
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    selector = selectors.EpollSelector()
    for near, far in zip(sys.argv[3::2], sys.argv[4::2]):
        one, other = card(near), card(far)
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
    under_way = collections.deque()
    while True:
        wait = max(0, under_way[0][0] - time.monotonic()) if under_way else None
        for key, _ in selector.select(wait):
            try:
                frame = key.fileobj.recv(1 << 17)
            except BlockingIOError:
                continue
            if random.random() >= loss:
                under_way.append((time.monotonic() + delay, key.data, frame))
        while under_way and under_way[0][0] <= time.monotonic():
            _, to, frame = under_way.popleft()
            try:
                to.send(frame)
            except (BlockingIOError, OSError):
                # A full queue loses frames, too.
                pass


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit("worsen.py: %s" % error)
