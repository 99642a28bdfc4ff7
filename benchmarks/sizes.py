"""How much is measured, in a full run and in one that only shows that everything runs."""

import attrs


@attrs.frozen(kw_only=True)
class Sizes:
    """How much is measured.

    Attributes:
        heats: How often contestants are started; of two processes of the same program, one may be faster throughout.
        rounds: How often they take turns in a heat. Many short rounds tell more than few long ones on a machine that is
            faster at times.
        items: Payments in a drained list.
        calls: Calls one after the other.
        latent: Payments in a drained list whose server has latency.
        starts: How many processes are started for each measurement of a start.
        short, long: Payments in the lists whose drains must need the same memory.
        long_drains: How often these, and lists in partitions, are drained.
        drained: Payments in the lists that are drained by offset and by key, `short` and `long` among them.
        sliced: Payments in the lists that are drained in slices.
        far: Payments in a list that is drained in partitions, with latency.
        clusters: How many numbers of workers are measured, the least first.
        pages: Pages in a walk with latency.
        decodes: How often a page is decoded in a round.
        layer_calls: Calls through each layer in a round.
    """

    heats: int
    rounds: int
    items: int
    calls: int
    latent: int
    starts: int
    short: int
    long: int
    long_drains: int
    drained: tuple[int, ...]
    sliced: tuple[int, ...]
    far: int
    clusters: int
    pages: int
    decodes: int
    layer_calls: int


FULL = Sizes(
    heats=5,
    rounds=6,
    items=10_000,
    calls=100,
    latent=300,
    starts=15,
    short=10_000,
    long=1_000_000,
    long_drains=3,
    drained=(1_000, 10_000, 100_000, 1_000_000),
    sliced=(1_000, 10_000, 100_000, 1_000_000),
    far=60_000,
    clusters=3,
    pages=10,
    decodes=14,
    layer_calls=700,
)

QUICK = Sizes(
    heats=1,
    rounds=2,
    items=3_000,
    calls=50,
    latent=300,
    starts=2,
    short=1_000,
    long=10_000,
    long_drains=1,
    drained=(1_000, 10_000),
    sliced=(1_000,),
    far=2_000,
    clusters=1,
    pages=5,
    decodes=5,
    layer_calls=200,
)
