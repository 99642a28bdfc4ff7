"""Bank accounts: stored by the server and forwarded to providers."""

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
    """Bank accounts: stored by the server and forwarded to providers."""

    def list_bank_accounts(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        query: Filter[BankAccount] | str | Mapping[str, Any] | None = None,
    ) -> Pages[BankAccount]:
        """List bank accounts, newest first, without their numbers; iteration follows the cursor to the end.

        Args:
            page_size: Items per page, 15 by default; the server limits it to 100.
            cursor: The `next` of an earlier page, to continue after it; not allowed with other arguments.
            query: A filter, such as `filters.bank_accounts.country.match("FR")`; or the server's own language.

        Raises:
            ValueError: the server would misunderstand an argument.
            PaymentsError: while iterating, a page could not be fetched; resume from its `cursor`.

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
            ValueError: the id belongs to another kind of resource.
            NotFoundError: it does not exist.
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
        """Store a bank account; return its id, a UUID.

        Args:
            request: Needs an `iban` or an `account_number`.

        Raises:
            ValidationError: the server refused the request.
            OutcomeUnknownError: it may have been stored; a second call would store another.
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
        """Merge metadata into a bank account's; other entries stay as they are.

        Raises:
            ValueError: the metadata is empty, or the id belongs to another kind of resource.
            NotFoundError: the bank account does not exist.
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
        """Create a stored bank account at a connector's provider; return the id of the task that does it.

        Call it once: a second call returns the same task, which the server then never finishes. The bank account's
        `related_accounts` show whether it was forwarded.

        Raises:
            ValueError: an id belongs to another kind of resource.
            NotFoundError: the bank account or the connector does not exist.
            OutcomeUnknownError: it may have been started; fetch the bank account to find out.
            PaymentsError: the call failed otherwise. If the provider does not accept bank accounts, the task fails.

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
