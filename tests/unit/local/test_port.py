"""Ports that are given are free, are not those of connections, and are given once."""

import socket

from fraud.local.port import HOST, RANGE, answers, free_port


def test_each_is_free_and_none_is_given_twice() -> None:
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)
    assert set(ports) <= set(RANGE)
    with socket.create_server((HOST, ports[0])):
        assert answers(ports[0])
    assert not answers(ports[1])
