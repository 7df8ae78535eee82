"""Calls that an OpenAPI document allows or forbids, made up by schemathesis, the same ones every time."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

__all__ = ["fuzzed", "reword"]

BOUNDED = settings(
    max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def fuzzed(operation, mode, prepare):
    """The statuses that came of it; what the document does not promise is raised. `prepare(case, data)` comes first."""
    statuses = set()

    @BOUNDED
    @given(operation.as_strategy(generation_mode=mode), st.data())
    def fuzz(case, data):
        prepare(case, data)
        statuses.add(case.call_and_validate().status_code)

    fuzz()
    return statuses


def reword(data, sent, essential, values, *, at_most):
    """Fewer fields, at most so many beside the essential, and some with a value that means something: a strategy."""
    kept = data.draw(st.sets(st.sampled_from(sorted(sent)), max_size=at_most)) if sent else set()
    for name in sent.keys() - kept - set(essential):
        del sent[name]
    for name in sorted({*sent, *essential} & values.keys()):
        sent[name] = data.draw(values[name])
