"""The tables of version 3.4. Columns that v2.0.9 has too are named as there, so that both can be populated alike."""

from payments_async.sandbox.store import Schema

TABLES = """
CREATE TABLE connector (
    id TEXT PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,
    updated_at INTEGER, config TEXT NOT NULL, scheduled_for_deletion INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE schedule (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL
);
CREATE TABLE instance (
    id TEXT PRIMARY KEY, schedule_id TEXT NOT NULL REFERENCES schedule ON DELETE CASCADE, connector_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, terminated_at INTEGER
);
CREATE TABLE task (
    id TEXT PRIMARY KEY, connector_id TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    status TEXT NOT NULL, created_object_id TEXT, error TEXT
);
CREATE TABLE user (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL, contact_details TEXT, address TEXT,
    metadata TEXT
);
CREATE TABLE user_connector (
    user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
    connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE,
    PRIMARY KEY (user_id, connector_id)
);
CREATE TABLE connection (
    id TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
    connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, data_updated_at INTEGER, status TEXT NOT NULL, error TEXT, metadata TEXT,
    PRIMARY KEY (user_id, connector_id, id)
);
CREATE TABLE attempt (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES user ON DELETE CASCADE,
    connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    status TEXT NOT NULL, redirect_url TEXT, state TEXT NOT NULL, connection_id TEXT, error TEXT
);
CREATE TABLE account (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    reference TEXT NOT NULL, type TEXT NOT NULL, default_currency TEXT, account_name TEXT, metadata TEXT, raw TEXT,
    psu_id TEXT, open_banking_connection_id TEXT
);
CREATE TABLE balance (
    account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE, created_at INTEGER NOT NULL,
    last_updated_at INTEGER NOT NULL, currency TEXT NOT NULL, balance TEXT NOT NULL, psu_id TEXT,
    open_banking_connection_id TEXT
);
CREATE TABLE payment (
    id TEXT NOT NULL, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    reference TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, amount TEXT NOT NULL,
    initial_amount TEXT NOT NULL, scheme TEXT NOT NULL, asset TEXT NOT NULL,
    source_account_id TEXT, destination_account_id TEXT, raw TEXT, adjustments TEXT NOT NULL DEFAULT '[]',
    metadata TEXT, psu_id TEXT, open_banking_connection_id TEXT
);
CREATE TABLE pool (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, query TEXT
);
CREATE TABLE pool_account (
    pool_id TEXT NOT NULL REFERENCES pool ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
    PRIMARY KEY (pool_id, account_id)
);
CREATE TABLE bank_account (
    id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, name TEXT NOT NULL, country TEXT, iban TEXT, account_number TEXT,
    swift_bic_code TEXT, metadata TEXT, psu_id TEXT REFERENCES user ON DELETE SET NULL
);
CREATE TABLE related_account (
    bank_account_id TEXT NOT NULL REFERENCES bank_account ON DELETE CASCADE, created_at INTEGER NOT NULL,
    account_id TEXT NOT NULL REFERENCES account ON DELETE CASCADE, PRIMARY KEY (bank_account_id, account_id)
);
CREATE TABLE initiation (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    scheduled_at INTEGER, reference TEXT NOT NULL, description TEXT NOT NULL, type TEXT NOT NULL,
    source_account_id TEXT, destination_account_id TEXT, amount TEXT NOT NULL, asset TEXT NOT NULL, metadata TEXT,
    status TEXT NOT NULL, error TEXT
);
CREATE TABLE initiation_adjustment (
    id TEXT PRIMARY KEY, initiation_id TEXT NOT NULL REFERENCES initiation ON DELETE CASCADE,
    created_at INTEGER NOT NULL, status TEXT NOT NULL, amount TEXT, asset TEXT, error TEXT, metadata TEXT
);
CREATE TABLE initiation_payment (
    initiation_id TEXT NOT NULL REFERENCES initiation ON DELETE CASCADE, payment_id TEXT NOT NULL,
    PRIMARY KEY (initiation_id, payment_id)
);
CREATE TABLE reversal (
    id TEXT PRIMARY KEY, initiation_id TEXT NOT NULL REFERENCES initiation ON DELETE CASCADE, amount TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE TABLE orders (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, reference TEXT NOT NULL, client_order_id TEXT, direction TEXT NOT NULL,
    source_asset TEXT NOT NULL, destination_asset TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
    base_quantity_ordered TEXT NOT NULL, base_quantity_filled TEXT, limit_price TEXT, stop_price TEXT,
    time_in_force TEXT NOT NULL, expires_at INTEGER, quote_amount TEXT, quote_asset TEXT, fee TEXT, fee_asset TEXT,
    average_fill_price TEXT, price_asset TEXT, source_account_id TEXT, destination_account_id TEXT, metadata TEXT,
    adjustments TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE conversion (
    id TEXT PRIMARY KEY, connector_id TEXT NOT NULL REFERENCES connector ON DELETE CASCADE, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, reference TEXT NOT NULL, source_asset TEXT NOT NULL, destination_asset TEXT NOT NULL,
    source_amount TEXT NOT NULL, destination_amount TEXT, fee TEXT, fee_asset TEXT, status TEXT NOT NULL,
    source_account_id TEXT, destination_account_id TEXT, metadata TEXT, raw TEXT
);
"""
INDICES = """
CREATE INDEX schedule_connector ON schedule (connector_id);
CREATE INDEX instance_schedule ON instance (schedule_id, created_at);
CREATE INDEX account_created ON account (created_at);
CREATE INDEX account_connector ON account (connector_id);
CREATE UNIQUE INDEX balance_account ON balance (account_id, created_at, currency);
CREATE UNIQUE INDEX payment_id ON payment (id);
CREATE INDEX payment_created ON payment (created_at);
CREATE INDEX payment_reference ON payment (reference);
CREATE INDEX own_payment_amount ON payment (initial_amount, created_at);
CREATE INDEX payment_connector ON payment (connector_id);
CREATE INDEX payment_source ON payment (source_account_id);
CREATE INDEX payment_destination ON payment (destination_account_id);
CREATE INDEX pool_account_account ON pool_account (account_id);
CREATE INDEX bank_account_user ON bank_account (psu_id);
CREATE INDEX related_account_account ON related_account (account_id);
CREATE INDEX initiation_created ON initiation (created_at);
CREATE INDEX initiation_adjustment_initiation ON initiation_adjustment (initiation_id, created_at);
CREATE INDEX reversal_initiation ON reversal (initiation_id);
CREATE INDEX orders_created ON orders (created_at);
CREATE INDEX conversion_created ON conversion (created_at);
"""
SCHEMA = Schema(version=34, tables=TABLES, indices=INDICES)
