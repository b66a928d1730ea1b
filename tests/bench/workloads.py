"""What is done to the set-ups, in the order in which it is done."""
from body_work import BodyWork
from fresh_start import FreshStart
from setups import CONVERTED_MODEL, SPLICED_MODEL
from streams import JoinedStreams, Streams
from whole_answers import CacheHits, FixedRate, WholeAnswers

_LARGE = 120_000
_ALL = ("direct", "nginx", "standalone", "split", "snapshot")
_PROXIES = _ALL[1:]
_WITH_CONTROL_PLANE = ("direct", "nginx", "standalone", "split")
# What a signature costs shows beside a set-up that makes none.
_AND_UNSHARED = (*_PROXIES, "unshared")

WORKLOADS = (
    WholeAnswers("2k", "2 kB, 64 connections", _AND_UNSHARED, 64, 2048),
    WholeAnswers("2k-all-cores", "2 kB, 64 connections, everything on all cores", _WITH_CONTROL_PLANE, 64, 2048,
                 pinned=False, in_smoke=False),
    WholeAnswers("120k", "120 kB, 64 connections", _AND_UNSHARED, 64, _LARGE, in_smoke=False),
    WholeAnswers("120k-spliced", "120 kB, model spliced, 64 connections", _AND_UNSHARED, 64, _LARGE, model=SPLICED_MODEL),
    WholeAnswers("120k-converted", "120 kB, converted, 64 connections", _AND_UNSHARED, 64, _LARGE, model=CONVERTED_MODEL),
    WholeAnswers("2k-one", "2 kB, 1 connection", _ALL, 1, 2048, pinned=False),
    WholeAnswers("120k-one", "120 kB, 1 connection", _ALL, 1, _LARGE, pinned=False, in_smoke=False),
    FixedRate("rate", "2 kB, 2,000 requests/s", _ALL, 2000),
    Streams("sse-flat", "SSE flat out, 64 streams", _WITH_CONTROL_PLANE, 64, 1000, 0, pinned=False),
    # The pace of models, where nothing arrives together.
    Streams("sse", "SSE at 100 events/s, 100 streams", _PROXIES, 100, 100, 10_000),
    Streams("sse-converted", "SSE at 100 events/s, 100 streams, converted", _PROXIES, 100, 100, 10_000,
            model=CONVERTED_MODEL),
    CacheHits("cache-hit", "2 kB, 1 connection, cache hit", _WITH_CONTROL_PLANE, 1, 2048, pinned=False),
    JoinedStreams("joined", "SSE at 100 events/s, 64 streams that ask the same", _WITH_CONTROL_PLANE, 64, 25,
                  10_000, pinned=False),
    FreshStart("fresh", "start, idle memory, 1,000 open slow streams", ("nginx", "standalone", "split"), 1000),
    BodyWork("body-500k", "work on a 500 kB body"),
)
