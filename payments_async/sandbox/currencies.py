"""Assets: which ones the API accepts, and which ones each provider does."""

import re

INT64 = re.compile(r"[+-]?\d{1,18}", re.ASCII)
EXPONENTS = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(
        (
            *("AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "GEL"),
            *("HKD", "HUF", "IDR", "ILS", "INR", "KES", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PLN"),
            *("QAR", "RON", "RSD", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "ZAR"),
        ),
        2,
    ),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}
EXPONENTS_BY_PROVIDER = {"CURRENCY-CLOUD": {"HUF": 0, "KWD": 2}}
"""Exponents in which a provider differs from the common table."""


def plausible_asset(asset: str) -> bool:
    """Whether the server accepts an asset: one slash and a number after it, so that `/2` and `usd/-1` pass."""
    _, slash, exponent = asset.partition("/")
    return bool(slash) and INT64.fullmatch(exponent) is not None


def takes(provider: str, asset: str) -> bool:
    """Whether a provider moves this asset: it must know the currency, and the exponent must be its own."""
    if not plausible_asset(asset):
        return False
    currency, _, exponent = asset.partition("/")
    table = EXPONENTS | EXPONENTS_BY_PROVIDER.get(provider, {})
    return table.get(currency) == int(exponent)


def ingested(currency: str) -> str:
    """The asset that connectors make of a currency: without exponent if it has no minor unit or is unknown."""
    exponent = EXPONENTS.get(currency, 0)
    return f"{currency}/{exponent}" if exponent else currency
