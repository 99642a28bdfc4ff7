"""Bank accounts: kept by the server and forwarded to providers."""

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
    """Bank accounts: kept by the server and forwarded to providers."""

    def list_bank_accounts(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        sort: Sort[BankAccountColumn] | str | Sequence[Sort[BankAccountColumn] | str] | None = None,
    ) -> Pages[BankAccount]:
        """List bank accounts, newest first, following the cursor to the end; numbers are not in it.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            sort: `asc("created_at")`, `desc("name")`, one or several; or `column:asc`, as the server has it.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

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
            NotFoundError: there is none.
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
        """Keep a bank account, and forward it to a provider if the request names a connector.

        Args:
            request: Needs an `iban` or an `account_number`. Shorter than 8 and 5 characters, they could never be read
                again.

        Raises:
            ValidationError: the server refuses it. It may have been kept all the same, where only the provider refuses
                it.
            OutcomeUnknownError: it may have been kept; a second call would keep another.
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
            )
        )

    async def forward_bank_account(self, bank_account_id: str, connector_id: str) -> BankAccount:
        """Create a kept bank account at a connector's provider.

        Raises:
            NotFoundError: there is no such bank account.
            ValidationError: it was forwarded there before, or the provider takes none.
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
        """Merge metadata into a bank account's; names that are not given stay.

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
