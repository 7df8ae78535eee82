"""Allure's page is made quiet, or not handed out at all."""

import pytest

from reports.allure.page import NotAllure, quiet

PAGE = """<!DOCTYPE html>
<html dir="ltr" lang="en">
<head>
    <meta charset="utf-8">
    <title> Assay </title>
</head>
<body>
    <script src="data:text/javascript;base64,AAAA"></script>
    <script async src="https://www.googletagmanager.com/gtag/js?id=G-TEST"></script>
    <script>
        window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
        gtag('js', new Date());
        gtag('config', 'G-TEST', {'report_uuid': '1234'});
    </script>
    <script>window.kept = true;</script>
</body>
</html>
"""


def test_the_analytics_are_gone_and_the_rest_is_kept():
    page = quiet(PAGE)
    assert "googletagmanager" not in page
    assert "gtag" not in page
    assert "report_uuid" not in page
    assert '<script src="data:text/javascript;base64,AAAA"></script>' in page
    assert "window.kept = true" in page


def test_the_policy_comes_before_anything_that_could_run():
    page = quiet(PAGE)
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert "default-src 'none'" in page
    assert "http" not in page.partition("Content-Security-Policy")[2].partition(">")[0]


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace('<meta charset="utf-8">', ""),
        PAGE.replace("gtag('js'", "<!-- --> gtag('js'"),
        PAGE.replace("</body>", "<script>gtag('event')</script></body>"),
        PAGE.replace("</body>", "<script src='//www.google-analytics.com/a.js'></script></body>"),
        "",
    ],
)
def test_a_page_that_cannot_be_vouched_for_is_refused(page):
    with pytest.raises(NotAllure):
        quiet(page)
