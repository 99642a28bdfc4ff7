"""Bank accounts: kept by the server and forwarded to providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from payments_async.filters import Filter
from payments_async.operations.base import checked, checked_metadata, filter_text
from payments_async.v3.models import (
    BankAccount,
    CreateBankAccountRequest,
    ForwardBankAccountRequest,
    StartedTask,
    UpdateBankAccountMetadataRequest,
)
from payments_async.v3.operations.base import Operations
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
        query: Filter[BankAccount] | str | Mapping[str, Any] | None = None,
    ) -> Pages[BankAccount]:
        """List bank accounts, newest first, following the cursor to the end; numbers are not in it.

        Args:
            page_size: Items a page, 15 unless given; the server caps it at 100.
            cursor: Where to go on: the `next` of a page; excludes the other arguments.
            query: A filter, such as `filters.bank_accounts.country.match("FR")`; or the server's own language.

        Raises:
            ValueError: arguments that the server would misunderstand.
            PaymentsError: while walking; its `cursor` says where to go on.

        Route: `GET /v3/bank-accounts`
        """
        return self._pages(
            Call(
                "list_bank_accounts",
                "GET",
                "/v3/bank-accounts",
                page_of(BankAccount),
                query={"pageSize": page_size, "cursor": cursor, "query": filter_text(query, BankAccount)},
            )
        )

    async def get_bank_account(self, bank_account_id: str) -> BankAccount:
        """Fetch one bank account; the server masks the middle of its IBAN and account number.

        Raises:
            ValueError: the id is of another kind.
            NotFoundError: there is none.
            PaymentsError: the call failed otherwise.

        Route: `GET /v3/bank-accounts/{bankAccountID}`
        """
        return await self._run(
            Call(
                "get_bank_account",
                "GET",
                "/v3/bank-accounts/{bankAccountID}",
                one(BankAccount),
                ids={"bankAccountID": bank_account_id},
            )
        )

    async def create_bank_account(self, request: CreateBankAccountRequest) -> str:
        """Keep a bank account; gives its id, a UUID.

        Args:
            request: Needs an `iban` or an `account_number`.

        Raises:
            ValidationError: the server refuses it.
            OutcomeUnknownError: it may have been kept; a second call would keep another.
            PaymentsError: the call failed otherwise.

        Route: `POST /v3/bank-accounts`
        """
        return await self._run(
            Call(
                "create_bank_account",
                "POST",
                "/v3/bank-accounts",
                one(str),
                body=checked(CreateBankAccountRequest, request),
            )
        )

    async def update_bank_account_metadata(self, bank_account_id: str, metadata: Mapping[str, str]) -> None:
        """Merge metadata into a bank account's; names that are not given stay.

        Raises:
            ValueError: the metadata is empty, or the id is of another kind.
            NotFoundError: there is no such bank account.
            PaymentsError: the call failed otherwise.

        Route: `PATCH /v3/bank-accounts/{bankAccountID}/metadata`
        """
        await self._run(
            Call(
                "update_bank_account_metadata",
                "PATCH",
                "/v3/bank-accounts/{bankAccountID}/metadata",
                nothing,
                ids={"bankAccountID": bank_account_id},
                body=UpdateBankAccountMetadataRequest(metadata=checked_metadata(metadata)),
                idempotent=True,
            )
        )

    async def forward_bank_account(self, bank_account_id: str, connector_id: str) -> str:
        """Create a kept bank account at a connector's provider; gives the id of the task that does it.

        Call it once: a repetition gives the same task, which the server then never ends. Whether it was forwarded, the
        bank account's `related_accounts` say.

        Raises:
            ValueError: an id is of another kind.
            NotFoundError: there is no such bank account or connector.
            OutcomeUnknownError: it may have been started; fetch the bank account to see.
            PaymentsError: the call failed otherwise. That the provider takes none, the task says.

        Route: `POST /v3/bank-accounts/{bankAccountID}/forward`
        """
        started = await self._run(
            Call(
                "forward_bank_account",
                "POST",
                "/v3/bank-accounts/{bankAccountID}/forward",
                one(StartedTask),
                ids={"bankAccountID": bank_account_id},
                body=ForwardBankAccountRequest(connector_id=connector_id),
            )
        )
        return started.task_id
