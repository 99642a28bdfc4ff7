# Written by `python -m codegen` from openapi/payments-v3.yaml. Do not edit: change the description and run it.

"""As generated: the models, to be imported from `payments_async.v3.models`, and the operations."""

CONNECTOR_MODELS = (
    "AdyenConfig",
    "AtlarConfig",
    "BankingbridgeConfig",
    "BankingcircleConfig",
    "BitstampConfig",
    "CONFIG_BY_PROVIDER",
    "CoinbaseprimeConfig",
    "ColumnConfig",
    "ConnectorConfig",
    "CurrencycloudConfig",
    "DummypayConfig",
    "FireblocksConfig",
    "GenericConfig",
    "IncreaseConfig",
    "KrakenproConfig",
    "MangopayConfig",
    "ModulrConfig",
    "MoneycorpConfig",
    "OtherConfig",
    "PlaidConfig",
    "PowensConfig",
    "QontoConfig",
    "RoutableConfig",
    "StripeConfig",
    "TinkConfig",
    "WiseConfig",
)
"""What `connectors` has, by name: to be known without loading it."""
