"""Users of version 3.4, and the links by which they connect their accounts."""

from urllib.parse import urlsplit

from .conftest import Current

BACK = "https://shop.example.com/linked?a=1&b=2"


async def user(current: Current, provider: str) -> str:
    """The path of a new user at a connector that knows it."""
    user_id = (await current.post("/payment-service-users", {"name": "Ada"})).data
    path = f"/payment-service-users/{user_id}/connectors/{current.connectors[provider]}"
    assert (await current.post(f"{path}/forward")).status == 204
    return path


async def follow(current: Current, link: str) -> tuple[int, str | None]:
    parts = urlsplit(link)
    answer = await current.api.call("GET", f"{parts.path.removeprefix('/api/payments')}?{parts.query}")
    return answer.status, answer.headers.get("Location")


async def test_a_link_leads_back_to_the_client_and_makes_a_connection(current: Current) -> None:
    path = await user(current, "tink")
    made = (await current.post(f"{path}/create-link", {"clientRedirectURL": BACK})).json
    assert set(made) == {"attemptID", "link"}
    attempt = f"{path}/link-attempts/{made['attemptID']}"
    assert (await current.get(attempt)).data["status"] == "pending"
    assert await follow(current, made["link"]) == (307, BACK)
    assert (await current.get(attempt)).data["status"] == "completed"
    (connection,) = (await current.get(f"{path}/connections")).page["data"]
    assert (connection["status"], connection["dataUpdatedAt"]) == ("ACTIVE", "0001-01-01T00:00:00Z")
    updated = await current.post(
        f"{path}/connections/{connection['connectionID']}/update-link", {"clientRedirectURL": BACK}
    )
    assert await follow(current, updated.json["link"]) == (307, BACK)
    assert len((await current.get(f"{path}/connections")).page["data"]) == 1


async def test_a_link_of_dummypay_does_not_redirect(current: Current) -> None:
    path = await user(current, "dummypay")
    made = (await current.post(f"{path}/create-link", {"clientRedirectURL": BACK})).json
    assert await follow(current, made["link"]) == (204, None)


async def test_a_customer_who_gives_up_makes_no_connection(current: Current) -> None:
    path = await user(current, "tink")
    made = (await current.post(f"{path}/create-link", {"clientRedirectURL": BACK})).json
    assert (await follow(current, made["link"].replace("status=success", "status=cancelled")))[0] == 307
    attempt = (await current.get(f"{path}/link-attempts/{made['attemptID']}")).data
    assert (attempt["status"], attempt["error"]) == ("exited", "cancelled")
    assert (await current.get(f"{path}/connections")).page["data"] == []


async def test_an_idempotency_key_is_the_id_of_the_attempt_and_keeps_its_first_redirect(current: Current) -> None:
    path, key = await user(current, "tink"), "6b6be247-d06f-4de0-b109-694ac3db2f48"
    links = []
    for url in (BACK, "https://other.example.com/"):
        query = {"params": {"Idempotency-Key": key}}
        made = (await current.post(f"{path}/create-link", {"clientRedirectURL": url}, **query)).json
        assert made["attemptID"] == key
        links.append(made["link"])
    assert links[0] != links[1]
    assert (await current.get(f"{path}/link-attempts/{key}")).data["clientRedirectURL"] == BACK


async def test_a_user_goes_once_to_a_connector_that_does_open_banking(current: Current) -> None:
    path = await user(current, "plaid")
    assert (await current.post(f"{path}/forward")).code == (400, "VALIDATION")
    other = path.replace(current.connectors["plaid"], current.connectors["generic"])
    assert (await current.post(f"{other}/forward")).code == (500, "INTERNAL")
    assert (await current.post(f"{other}/create-link", {"clientRedirectURL": BACK})).code == (404, "NOT_FOUND")


async def test_deletions_are_tasks_and_those_of_what_is_not_there_fail(current: Current) -> None:
    path = await user(current, "tink")
    task = (await current.delete(path)).data["taskID"]
    current.api.sandbox.work_tasks()
    assert (await current.task(task))[0] == "SUCCEEDED"
    missing = (await current.delete(f"{path}/connections/none")).data["taskID"]
    current.api.sandbox.work_tasks()
    assert (await current.task(missing))[0] == "FAILED"
    user_path = path.partition("/connectors")[0]
    task = (await current.delete(user_path)).data["taskID"]
    assert (await current.get(user_path)).status == 200
    current.api.sandbox.work_tasks()
    assert (await current.get(user_path)).code == (404, "NOT_FOUND")


async def test_a_bank_account_moves_from_one_user_to_another_and_outlives_it(current: Current) -> None:
    bank = (await current.post("/bank-accounts", {"name": "Main", "accountNumber": "0532013000"})).data
    first, second = [(await current.post("/payment-service-users", {"name": name})).data for name in ("Ada", "Bob")]
    for each in (first, second):
        assert (await current.post(f"/payment-service-users/{each}/bank-accounts/{bank}")).status == 204
    assert (await current.get(f"/payment-service-users/{first}")).data["bankAccountIDs"] is None
    assert (await current.get(f"/payment-service-users/{second}")).data["bankAccountIDs"] == [bank]
    await current.delete(f"/payment-service-users/{second}")
    current.api.sandbox.work_tasks()
    assert (await current.get(f"/bank-accounts/{bank}")).status == 200
