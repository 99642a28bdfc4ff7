"""`payments-async export --dask`: what is refused before a cluster is asked for."""

import sys

import pytest
from typer import BadParameter

from payments_async.cli.options import Cluster, cluster_named
from payments_async.sandbox import Sandbox
from tests.cli.running import Command

DATABASE = ("export", "payments", "--to", "postgresql://loader@db.example/exports")


def test_a_cluster_is_an_address_or_a_number_of_processes() -> None:
    assert cluster_named("local:4") == Cluster(None, workers=4)
    for address in ("tls://scheduler:8786", "tcp://127.0.0.1:8786", "tls://[::1]:8786"):
        assert cluster_named(address) == Cluster(address)
    for text in ("local:0", "local:x", "local:-1", "local", "foo", "tls://scheduler", "http://a:1", "tls://me:pw@a:1"):
        with pytest.raises(BadParameter, match="is neither the address of a scheduler, such as"):
            cluster_named(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*DATABASE, "--dask", "foo"), "'foo' is neither the address of a scheduler"),
        ((*DATABASE, "--dask", "local:2", "--update", "--partitions", "8"), "--partitions and --update cannot be used"),
        ((*DATABASE, "--dask", "local:2", "--format", "csv"), "--format cannot be used with --dask"),
        ((*DATABASE, "--dask", "local:2", "--spreadsheet"), "--spreadsheet cannot be used with --dask"),
        ((*DATABASE, "--dask", "local:2", "--rate", "0.05"), "--rate is 0.1 or more"),
        ((*DATABASE, "--dask", "local:2", "--resume", "--force"), "give only one of them"),
        ((*DATABASE, "--dask", "local:2", "--where", "status=PAID"), "--where status=PAID"),
        (("export", "payments", "--to", "a.csv", "--dask", "local:2"), "give --to postgresql://USER@HOST/DATABASE"),
        (("export", "pools", "--to", "postgresql://a:canary@b/c", "--dask", "local:2"), "leave it out of --to"),
        ((*DATABASE, "--dask", "tcp://10.0.0.1:8786"), "tcp://10.0.0.1:8786 is not encrypted"),
        (
            ("--url", "https://acme.example.com", "--allow-http", *DATABASE, "--dask", "tls://scheduler:8786"),
            "in their own environment: leave out --url and --allow-http",
        ),
    ],
)
async def test_what_does_not_fit_is_refused_before_anything_is_sent(
    arguments: tuple[str, ...], said: str, named: Sandbox, command: Command
) -> None:
    ran = await command(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "canary" not in ran.err
    assert not named.requests


@pytest.mark.usefixtures("named")
async def test_what_is_missing_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    told = "payments-async: distributed is missing; install what the extra `dask` needs: pip install distributed\n"
    assert await command(*DATABASE, "--dask", "tls://scheduler:8786") == (1, "", told)
