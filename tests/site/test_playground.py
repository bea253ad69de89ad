"""The playground's script takes the steps that the Python classes take."""

import numpy as np
import pytest
from building import ROOT

from dlbook import optimizers
from dlbook.training import descend

STEPS = 200
OF_KERAS = {
    "gradient descent": lambda alpha, mu, rho: optimizers.SGD(alpha),
    "momentum": lambda alpha, mu, rho: optimizers.SGD(alpha, mu),
    "Nesterov": lambda alpha, mu, rho: optimizers.SGD(alpha, mu, nesterov=True),
    "AdaGrad": lambda alpha, mu, rho: optimizers.Adagrad(alpha),
    "Adadelta": lambda alpha, mu, rho: optimizers.Adadelta(alpha, rho),
    "RMSprop": lambda alpha, mu, rho: optimizers.RMSprop(alpha, rho, mu),
    "Adam": lambda alpha, mu, rho: optimizers.Adam(alpha, mu, rho),
    "AMSGrad": lambda alpha, mu, rho: optimizers.Adam(alpha, mu, rho, amsgrad=True),
    "Nadam": lambda alpha, mu, rho: optimizers.Nadam(alpha, mu, rho),
}
STARTS = {
    "ravine": (1.0, 0.7),
    "slanted ravine": (1.2, 0.4),
    "saddle": (1.0, 0.001),
    "Rosenbrock": (-1.2, 1.0),
}


def slope(surface):
    """The gradient by complex steps, a derivative without a difference."""
    losses = {
        "ravine": lambda a, b: (a**2 + 100 * b**2) / 2,
        "slanted ravine": lambda a, b: ((a + b) ** 2 + 100 * (a - b) ** 2) / 4,
        "saddle": lambda a, b: a**2 / 2 + (b**2 - 1) ** 2 / 4,
        "Rosenbrock": lambda a, b: (1 - a) ** 2 + 100 * (b - a**2) ** 2,
    }
    loss, h = losses[surface], 1e-30

    def at(theta):
        a, b = theta
        return np.array([loss(a + 1j * h, b).imag, loss(a, b + 1j * h).imag]) / h

    return at


@pytest.fixture(scope="session")
def rules(browser):
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "docs/static/playground/rules.js")
    yield page
    page.close()


def test_it_offers_these(rules):
    assert rules.evaluate("Object.keys(playground.RULES)") == list(OF_KERAS)
    assert rules.evaluate("Object.keys(playground.SURFACES)") == list(STARTS)


@pytest.mark.parametrize("surface", STARTS)
@pytest.mark.parametrize("rule", OF_KERAS)
def test_its_paths_are_those_of_the_classes(rules, surface, rule):
    alpha, mu, rho = (1.0 if rule == "Adadelta" else 0.0008), 0.8, 0.97
    options = {"surface": surface, "rule": rule, "start": STARTS[surface]}
    options |= {"alpha": alpha, "mu": mu, "rho": rho, "steps": STEPS}
    walked = np.array(rules.evaluate("options => playground.path(options)", options))
    optimizer = OF_KERAS[rule](alpha, mu, rho)
    expected = descend(optimizer, slope(surface), STARTS[surface], STEPS)
    assert walked.shape == (STEPS + 1, 2)
    assert np.ptp(expected, axis=0).max() > 0.01
    np.testing.assert_allclose(walked, expected, rtol=1e-5, atol=1e-12)


def test_a_path_ends_where_its_numbers_do(rules):
    options = {"surface": "ravine", "rule": "gradient descent", "start": [1, 1]}
    options |= {"alpha": 3, "mu": 0, "rho": 0, "steps": 500}
    walked = rules.evaluate("options => playground.path(options)", options)
    assert 100 < len(walked) < 500


def test_the_page_draws_what_is_chosen(book, tab):
    tab.goto((book.html / "docs/playground.html").as_uri())
    said = tab.locator(".playground-said")
    assert said.inner_text().startswith("After 200 steps: loss ")
    tab.locator("[name=rule]").select_option("gradient descent")
    tab.locator("[name=rate]").fill("-1")
    assert "no number" in said.inner_text() or "e+" in said.inner_text()
    tab.locator("[name=keep]").click()
    assert tab.locator(".playground-legend li").count() == 2
    assert not tab.locator("[name=mu]").is_enabled()
    before = said.inner_text()
    tab.locator(".playground-map").press("ArrowUp")
    assert said.inner_text() != before
    assert tab.locator(".playground-legend li").count() == 1
    assert not tab.troubles
