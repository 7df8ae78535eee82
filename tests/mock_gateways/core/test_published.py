"""The tables of a gateway: the same columns for each, whatever a gateway leaves out."""

from mock_gateways.core.published import read_published

TABLES = {
    "failures": "field,code,http,kind,type,source\ncode,no_luck,402,decline,card,a\nreason,rain,400,request,sky,a\n",
    "currencies": "code,exponent,multiple_of,minimum,source,doubt\nEUR,2,1,50,page,\nUGX,2,100,,page,two readings\n",
    "events": "type,source\npaid,page\n",
    "settings": "name,default,doubt\ndelay,-1,open\ncode,no_luck,open\n",
    "operations": "method,path,operation,simulated\nGET,/v1/things/{id},GetThing,yes\nPOST,/v1/things,MakeThing,no\n",
}


def _read(folder):
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text)
    return read_published(folder)


def test_failures_are_told_apart_by_the_field_they_stand_in(tmp_path):
    published = _read(tmp_path)
    assert list(published.named("code")) == ["no_luck"]
    assert published.named("reason")["rain"].http == 400
    assert (published.failures[0].operations, published.failures[0].param) == ((), None)


def test_a_currency_without_a_published_minimum_has_none(tmp_path):
    currencies = _read(tmp_path).currencies
    assert (currencies["EUR"].minimum, currencies["EUR"].doubt) == (50, None)
    assert (currencies["UGX"].minimum, currencies["UGX"].doubt) == (None, "two readings")


def test_a_setting_is_a_number_where_it_is_written_as_one_even_below_zero(tmp_path):
    assert [setting.default for setting in _read(tmp_path).settings] == [-1, "no_luck"]


def test_every_published_operation_has_a_route_and_only_the_simulated_a_handler(tmp_path):
    routes = _read(tmp_path).routes({"GetThing": print})
    assert [(route.operation, route.handler) for route in routes] == [("GetThing", print), ("MakeThing", None)]
