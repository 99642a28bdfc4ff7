"""Bank accounts: stored by the server and forwarded to providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payments_async.filters import BankAccountColumn, Sort
from payments_async.models import (
    BankAccount,
    BankAccountRequest,
    ForwardBankAccountRequest,
    UpdateBankAccountMetadataRequest,
)
from payments_async.operations.base import Operations, checked, checked_metadata, sort_texts
from payments_async.wire.call import Call
from payments_async.wire.codec import nothing, one, page_of
from payments_async.wire.pages import Pages


class BankAccounts(Operations):
    """Bank accounts: stored by the server and forwarded to providers."""

    def list_bank_accounts(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        sort: Sort[BankAccountColumn] | str | Sequence[Sort[BankAccountColumn] | str] | None = None,
    ) -> Pages[BankAccount]:
        """List bank accounts, newest first, without their numbers; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            sort: `asc("created_at")`, `desc("name")`, or several of them; or the server's own `column:asc`.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

        Route: `GET /bank-accounts`
        """
        return self._pages(
            Call(
                "list_bank_accounts",
                "GET",
                "/bank-accounts",
                page_of(BankAccount),
                query={"pageSize": page_size, "cursor": cursor, "sort": sort_texts(sort, BankAccountColumn)},
            )
        )

    async def get_bank_account(self, bank_account_id: str) -> BankAccount:
        """Fetch one bank account; the server masks the middle of its IBAN and account number.

        Raises:
            NotFoundError: it does not exist.
            PaymentsError: the call failed otherwise.

        Route: `GET /bank-accounts/{bankAccountId}`
        """
        return await self._run(
            Call(
                "get_bank_account",
                "GET",
                "/bank-accounts/{bankAccountId}",
                one(BankAccount),
                ids={"bankAccountId": bank_account_id},
            )
        )

    async def create_bank_account(self, request: BankAccountRequest) -> BankAccount:
        """Store a bank account, and forward it to a provider if the request names a connector.

        Args:
            request: Needs an `iban` or an `account_number`. The server cannot return an `iban` shorter than 8
                characters or an `account_number` shorter than 5.

        Raises:
            ValidationError: the server refused the request. If only the provider refused it, the bank account may be
                stored.
            OutcomeUnknownError: it may have been stored; a second call would store another one.
            PaymentsError: the call failed otherwise.

        Route: `POST /bank-accounts`
        """
        return await self._run(
            Call(
                "create_bank_account",
                "POST",
                "/bank-accounts",
                one(BankAccount),
                body=checked(BankAccountRequest, request),
                atomic=not request.connector_id,
            )
        )

    async def forward_bank_account(self, bank_account_id: str, connector_id: str) -> BankAccount:
        """Create a stored bank account at a connector's provider.

        Raises:
            NotFoundError: there is no such bank account.
            ValidationError: it was forwarded there before, or the provider does not support bank accounts.
            PaymentsError: the call failed otherwise.

        Route: `POST /bank-accounts/{bankAccountId}/forward`
        """
        return await self._run(
            Call(
                "forward_bank_account",
                "POST",
                "/bank-accounts/{bankAccountId}/forward",
                one(BankAccount),
                ids={"bankAccountId": bank_account_id},
                body=ForwardBankAccountRequest(connector_id=connector_id),
            )
        )

    async def update_bank_account_metadata(self, bank_account_id: str, metadata: Mapping[str, str]) -> None:
        """Merge metadata into that of a bank account; other entries stay as they are.

        Raises:
            ValueError: the metadata is empty.
            NotFoundError: there is no such bank account.
            PaymentsError: the call failed otherwise.

        Route: `PATCH /bank-accounts/{bankAccountId}/metadata`
        """
        await self._run(
            Call(
                "update_bank_account_metadata",
                "PATCH",
                "/bank-accounts/{bankAccountId}/metadata",
                nothing,
                ids={"bankAccountId": bank_account_id},
                body=UpdateBankAccountMetadataRequest(metadata=checked_metadata(metadata)),
                idempotent=True,
            )
        )
