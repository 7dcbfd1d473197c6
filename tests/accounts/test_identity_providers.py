"""Signing in through a university, at a server whose settings name two identity providers, each a server too.

Run by `-m providers`: the providers are slow to import, and SAML needs the program xmlsec1.
"""

import base64
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

# The providers warn about the next versions of their packages, whenever they are asked.
pytestmark = [pytest.mark.providers, pytest.mark.filterwarnings("ignore")]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')
MAIL, GIVEN_NAME, SURNAME = "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:2.5.4.42", "urn:oid:2.5.4.4"
OIDC = "/accounts/oidc/university/login/"
SAML = "/accounts/saml/university/"
NOT_SIGNED_IN = "You aren’t signed in"
PASSWORD = "a long enough password"
BEN, DORA = "ben@example.edu", "dora@example.edu"
PREPARE = f"""
from django.core.management import call_command
from lessons.accounts.models import User
call_command("migrate", verbosity=0)
call_command("createcachetable")
for email, name in (({BEN!r}, "Ben Already Here"), ({DORA!r}, "Dora Already Here")):
    User.objects.create_user(email, {PASSWORD!r}, display_name=name).mark_email_verified()
"""
PEOPLE = {
    "ada": {"email": "Ada@Example.edu", "email_verified": True, "name": "Ada  Lind"},
    "ben": {"email": BEN, "email_verified": True, "name": "Ben"},
    "eve": {"email": DORA, "email_verified": False, "name": "Eve"},
    "noor": {"email": "noor@example.edu", "email_verified": False, "name": "Noor"},
    "cleo": {"email": "cleo@example.edu", "email_verified": True, "name": "Cleo"},
    "nameless": {"name": "Nobody Knows"},
}


class Site(NamedTuple):
    address: str
    database: Path
    openid: object
    saml: object


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Start both providers, and a server that trusts them."""
    from tests.accounts.identity_providers import OpenIDProvider, SAMLProvider, served

    folder = tmp_path_factory.mktemp("providers")
    openid, saml = OpenIDProvider(PEOPLE), SAMLProvider(folder)
    with ExitStack() as stack:
        issuer = stack.enter_context(served(openid.application))
        saml.address = stack.enter_context(served(saml.application))
        names = {
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": "",
            "DEVELOPMENT": "true",
            "OIDC_SERVER_URL": issuer,
            "OIDC_CLIENT_ID": "commonplace",
            "OIDC_CLIENT_SECRET": "secret",
            "OIDC_NAME": "Example University",
            "SAML_METADATA_URL": saml.entity_id,
            "SAML_ENTITY_ID": saml.entity_id,
            "SAML_NAME": "Example College",
            "SAML_ADDRESSES_VERIFIED": "true",
        }
        address = stack.enter_context(running(names))
        yield Site(address, folder / "data" / "db.sqlite3", openid, saml)


@contextmanager
def running(names):
    """Run a server with these settings; give its address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {name: value for name, value in (os.environ | names).items() if value}
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
    )
    gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--threads=4", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*gunicorn, "--log-level=error"], env=environment, cwd=settings.BASE_DIR)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def visitor(site):
    return new_browser(site)


def new_browser(site):
    """Return a browser without cookies, once the server answers."""
    import requests

    visitor = requests.Session()
    for _ in range(200):
        try:
            visitor.get(f"{site.address}/health/live/")
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    return visitor


def press(visitor, address, **fields):
    """Open a page, and send a form to its address; return the response, without following it."""
    token = TOKEN.search(visitor.get(address).text)[1]
    return visitor.post(address, {"csrfmiddlewaretoken": token, **fields}, allow_redirects=False)


def sign_in_by_openid(visitor, site, sub):
    """Go through the whole sign-in; return the page that it ends with."""
    to_provider = press(visitor, site.address + OIDC)
    return visitor.post(to_provider.headers["Location"], {"sub": sub})


def ask_saml(visitor, site):
    """Begin to sign in; return the request that the browser carries to the provider."""
    to_provider = press(visitor, f"{site.address}{SAML}login/")
    address = urlsplit(to_provider.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{site.saml.address}/sso"
    site.saml.site_metadata = site.saml.site_metadata or visitor.get(f"{site.address}{SAML}metadata/").text
    return parse_qs(address.query)["SAMLRequest"][0]


def answer_saml(visitor, site, response):
    """Carry the provider's response to the site; return the page that it ends with."""
    carried = base64.b64encode(response.encode()).decode()
    return visitor.post(f"{site.address}{SAML}acs/", {"SAMLResponse": carried, "RelayState": ""})


def person(address, given_name="", surname=""):
    return {MAIL: address, GIVEN_NAME: given_name, SURNAME: surname}


def signed_in_as(visitor, site):
    """Return the name of the account that the visitor is signed in to, None without one."""
    page = visitor.get(f"{site.address}/accounts/profile/").text
    name = re.search(r"<h1><bdi>(.*?)</bdi></h1>", page)
    return name and name[1]


def is_refused(page, visitor, site):
    """Return whether a page says that nobody was signed in, and nobody is."""
    is_said = page.status_code == 403 or NOT_SIGNED_IN in page.text
    return is_said and signed_in_as(visitor, site) is None


def accounts(site, address):
    """Return the names of the accounts with an address."""
    with closing(sqlite3.connect(site.database)) as database:
        return [
            name for (name,) in database.execute("SELECT display_name FROM accounts_user WHERE email = ?", [address])
        ]


# --- OpenID Connect ----------------------------------------------------------------------------------------------


def test_a_new_account_is_made_with_the_name_and_the_address_of_the_university(site, visitor):
    assert "Sign in with Example University" in visitor.get(f"{site.address}/accounts/login/").text
    page = sign_in_by_openid(visitor, site, "ada")
    assert page.url.startswith(site.address)
    assert signed_in_as(visitor, site) == "Ada Lind"
    assert accounts(site, "ada@example.edu") == ["Ada Lind"]
    again = new_browser(site)
    sign_in_by_openid(again, site, "ada")
    assert signed_in_as(again, site) == "Ada Lind"
    assert accounts(site, "ada@example.edu") == ["Ada Lind"]


def test_one_lands_on_the_page_that_one_wanted(site, visitor):
    to_provider = press(visitor, f"{site.address}{OIDC}?next=/accounts/profile/")
    page = visitor.post(to_provider.headers["Location"], {"sub": "cleo"})
    assert page.url == f"{site.address}/accounts/profile/"


def test_a_verified_address_opens_the_account_that_has_it(site, visitor):
    sign_in_by_openid(visitor, site, "ben")
    assert signed_in_as(visitor, site) == "Ben Already Here"


def test_an_address_that_is_not_verified_opens_no_account_and_must_be_verified(site, visitor):
    pages = [sign_in_by_openid(each, site, sub) for each, sub in ((visitor, "eve"), (new_browser(site), "noor"))]
    assert [urlsplit(page.url).path for page in pages] == ["/accounts/confirm-email/"] * 2
    assert signed_in_as(visitor, site) is None
    assert accounts(site, DORA) == ["Dora Already Here"]


def test_the_connected_account_is_listed_and_disconnected_only_if_there_is_another_way_in(site, visitor):
    connections = f"{site.address}/accounts/3rdparty/"
    for sub, answer in (("cleo", "Set a password first"), ("ben", "Confirm it’s you")):
        sign_in_by_openid(visitor, site, sub)
        page = visitor.get(connections).text
        assert f"<bdi>{PEOPLE[sub]['email']}</bdi>" in page
        token, key = TOKEN.search(page)[1], re.search(r'name="account" value="(\d+)"', page)[1]
        page = visitor.post(connections, {"csrfmiddlewaretoken": token, "account": key}).text
        assert answer in page
        visitor = new_browser(site)


def test_what_the_university_does_not_say_is_asked(site, visitor):
    page = sign_in_by_openid(visitor, site, "nameless")
    assert "Example University has confirmed who you are" in page.text
    fields = {"email": "nobody@example.edu", "display_name": "Nobody Knows"}
    token = TOKEN.search(page.text)[1]
    page = visitor.post(page.url, {"csrfmiddlewaretoken": token, **fields})
    assert urlsplit(page.url).path == "/accounts/confirm-email/"


def test_somebody_who_cancels_is_told_so(site, visitor):
    to_provider = press(visitor, site.address + OIDC)
    page = visitor.post(to_provider.headers["Location"], {"action": "deny"})
    assert is_refused(page, visitor, site)
    assert "You cancelled" in page.text


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another-site"},
        {"exp": int(time.time()) - 60},
        {"sub": "ben"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(site, visitor, monkeypatch, changed):
    monkeypatch.setattr(site.openid, "id_token", changed)
    assert is_refused(sign_in_by_openid(visitor, site, "ada"), visitor, site)


@pytest.mark.parametrize("signature", ["by_name", "another_key", "another_name", "shared_secret", "none"])
def test_an_id_token_that_is_not_signed_with_a_published_key_is_refused(site, visitor, monkeypatch, signature):
    signatures = {
        "by_name": {"algorithm": "RS256"},
        "another_key": {"key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
        "shared_secret": {"key": "a secret of the site, and long enough", "algorithm": "HS256"},
        "another_name": {"headers": {"kid": "of-last-year"}},
        "none": {"key": None, "algorithm": "none"},
    }
    monkeypatch.setattr(site.openid, "signature", signatures[signature])
    page = sign_in_by_openid(visitor, site, "ada")
    if signature == "by_name":
        assert signed_in_as(visitor, site) == "Ada Lind"
    else:
        assert is_refused(page, visitor, site)


def test_a_code_is_accepted_once_and_only_from_the_browser_that_asked(site, visitor):
    to_provider = press(visitor, site.address + OIDC)
    callback = visitor.post(to_provider.headers["Location"], {"sub": "ada"}, allow_redirects=False).headers["Location"]
    thief = new_browser(site)
    refusal = thief.get(callback)
    assert is_refused(refusal, thief, site)
    assert "The answer of Example University could not be accepted" in refusal.text
    visitor.get(callback)
    assert signed_in_as(visitor, site) == "Ada Lind"
    press(visitor, f"{site.address}/accounts/logout/")
    assert signed_in_as(visitor, site) is None
    assert is_refused(visitor.get(callback), visitor, site)


# --- SAML --------------------------------------------------------------------------------------------------------


def test_a_response_makes_an_account_and_opens_it_again(site, monkeypatch):
    monkeypatch.setattr(site.saml, "person", person("Sam@Example.edu", "Sam", "Okoro"))
    for _time in range(2):
        visitor = new_browser(site)
        answer_saml(visitor, site, site.saml.respond(ask_saml(visitor, site)))
        assert signed_in_as(visitor, site) == "Sam Okoro"
    assert accounts(site, "sam@example.edu") == ["Sam Okoro"]


def test_an_address_that_the_settings_trust_opens_the_account_that_has_it(site, visitor, monkeypatch):
    monkeypatch.setattr(site.saml, "person", person(DORA, "Dora"))
    answer_saml(visitor, site, site.saml.respond(ask_saml(visitor, site)))
    assert signed_in_as(visitor, site) == "Dora Already Here"


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "other"},
        {"minutes": -10},
        {"sp_entity_id": "https://another.example.org/metadata"},
        {"destination": "https://another.example.org/acs/"},
        {"in_response_to": None},
        {"in_response_to": "id-of-nobody"},
    ],
    ids=lambda changed: "-".join(map(str, *changed.items())),
)
def test_a_response_that_is_not_for_this_sign_in_is_refused(site, visitor, monkeypatch, changed):
    monkeypatch.setattr(site.saml, "person", person("sam@example.edu", "Sam", "Okoro"))
    response = site.saml.respond(ask_saml(visitor, site), **changed)
    assert is_refused(answer_saml(visitor, site, response), visitor, site)


@pytest.mark.parametrize(
    "change",
    [
        lambda response: response.replace("sam@example.edu", "ben@example.edu"),
        lambda response: re.sub(r"<ns\d:Signature .*</ns\d:Signature>", "", response, flags=re.DOTALL),
        lambda response: response.replace("sam@example.edu", "ben@example.edu<!-- -->.sam@example.edu"),
    ],
    ids=["changed", "unsigned", "comment"],
)
def test_a_response_that_was_changed_is_refused(site, visitor, monkeypatch, change):
    monkeypatch.setattr(site.saml, "person", person("sam@example.edu", "Sam", "Okoro"))
    response = site.saml.respond(ask_saml(visitor, site))
    assert change(response) != response
    assert is_refused(answer_saml(visitor, site, change(response)), visitor, site)


def test_a_response_is_accepted_once_and_only_from_the_browser_that_asked(site, visitor, monkeypatch):
    monkeypatch.setattr(site.saml, "person", person("sam@example.edu", "Sam", "Okoro"))
    response = site.saml.respond(ask_saml(visitor, site))
    thief = new_browser(site)
    assert is_refused(answer_saml(thief, site, response), thief, site)
    answer_saml(visitor, site, response)
    assert signed_in_as(visitor, site) == "Sam Okoro"
    press(visitor, f"{site.address}/accounts/logout/")
    assert is_refused(answer_saml(visitor, site, response), visitor, site)


def test_only_a_signed_message_of_the_university_signs_somebody_out(site, visitor, monkeypatch):
    monkeypatch.setattr(site.saml, "person", person("sam@example.edu", "Sam", "Okoro"))
    answer_saml(visitor, site, site.saml.respond(ask_saml(visitor, site)))
    address = f"{site.address}{SAML}sls/?"
    for unsigned in (site.saml.sign_out(f"{site.address}{SAML}sls/", key=None), "SAMLResponse=PHg%2BPC94Pg%3D%3D", ""):
        assert visitor.get(address + unsigned).status_code == 400
    forged = visitor.get(address + site.saml.sign_out(f"{site.address}{SAML}sls/", key="other"))
    assert (forged.status_code, signed_in_as(visitor, site)) == (400, "Sam Okoro")
    visitor.get(address + site.saml.sign_out(f"{site.address}{SAML}sls/", key="own"), allow_redirects=False)
    assert signed_in_as(visitor, site) is None
