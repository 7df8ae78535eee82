"""Texts that Adyen's requests alone take apart, or put into a query."""

from tests.mutants.adyen.bodies import mutant


@mutant("SEC-007", "an address that is none is taken apart, and crashes")
def any_return_address_will_do(connector, patch):
    patch.setattr("runtime.core.connector.is_url", lambda text: True)


@mutant("SEC-006", "hyperswitch#8925: whose stored method it is goes into the query as it came")
def whose_it_is_goes_into_the_query_as_it_came(connector, patch):
    patch.setattr("runtime.connectors.adyen.flows.quote", lambda text, safe: text)
