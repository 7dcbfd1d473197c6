"""Identity providers on loopback: OpenID Connect by oidc-provider-mock and Authlib, SAML by pysaml2 and xmlsec1.

Both can be made to lie, as one would that somebody has broken into.
"""

from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from urllib.parse import urlsplit

import jwt
import oidc_provider_mock
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone
from flask import Flask, g, request
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import create_metadata_string
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256
from werkzeug.serving import make_server

MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
GIVEN_NAME, SURNAME = "urn:oid:2.5.4.42", "urn:oid:2.5.4.4"


@contextmanager
def served(application):
    """Serve a WSGI application on loopback; give its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class OpenIDProvider:
    """`id_token` and `userinfo` replace claims of what it says next, `signature` how it signs that."""

    def __init__(self, people: dict[str, dict]):
        self.id_token: dict = {}
        self.userinfo: dict = {}
        self.signature: dict = {}
        users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in people.items()]
        self.application = oidc_provider_mock.app(user_claims=users)
        self.application.after_request(self._lie)
        self.application.after_request(self._add_state)

    def _add_state(self, response):
        """Repeat `state` in a refusal, as RFC 6749 (4.1.2.1) asks and this provider forgets."""
        if "error=" in response.headers.get("Location", ""):
            response.headers["Location"] += f"&state={request.args['state']}"
        return response

    def _lie(self, response):
        if request.path == "/oauth2/token" and (self.id_token or self.signature):
            answer = response.get_json()
            claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
            signed = {"key": g.oidc_provider_mock_storage.jwk.as_pem(is_private=True), "algorithm": "RS256"}
            signed["headers"] = {"kid": g.oidc_provider_mock_storage.jwk.as_dict()["kid"]}
            answer["id_token"] = jwt.encode(claims | self.id_token, **signed | self.signature)
            response.set_data(self.application.json.dumps(answer))
        if request.path == "/userinfo" and self.userinfo:
            response.set_data(self.application.json.dumps(response.get_json() | self.userinfo))
        return response


def make_key(folder, name):
    """Write a private key and its certificate; return their paths."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.key", folder / f"{name}.crt"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    files[1].write_bytes(certificate.public_bytes(pem))
    return [str(file) for file in files]


class SAMLProvider:
    """Signs in `person`, by attributes. Tests also ask it for responses that the site must refuse."""

    def __init__(self, folder):
        self.keys = {name: make_key(folder, name) for name in ("own", "other")}
        self.person: dict[str, str] = {}
        self.application = Flask("saml")
        self.application.add_url_rule("/metadata", view_func=self._metadata)
        self.address = self.site_metadata = ""

    @property
    def entity_id(self) -> str:
        return f"{self.address}/metadata"

    def _metadata(self):
        return create_metadata_string(None, config=self._config("own", 10)).decode(), {"Content-Type": "text/xml"}

    def respond(self, saml_request: str, *, key: str = "own", minutes: int = 10, **changed) -> str:
        """Return the signed response to a request. It holds for so many minutes; `changed` of what it says."""
        server = Server(config=self._config(key, minutes))
        asked = server.parse_authn_request(saml_request, BINDING_HTTP_REDIRECT).message
        response = server.create_authn_response(
            self.person,
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=self.person[MAIL].partition("@")[0]),
            authn={"class_ref": PASSWORD},
            sign_assertion=True,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **server.response_args(asked, [BINDING_HTTP_POST]) | changed,
        )
        return str(response)

    def sign_out(self, destination: str, *, key: str | None) -> str:
        """Return the query of the message that signs `person` out of the site, signed with one of its keys or not."""
        server = Server(config=self._config(key or "own", 10))
        name_id = NameID(format=NAMEID_FORMAT_PERSISTENT, text=self.person[MAIL].partition("@")[0])
        _id, message = server.create_logout_request(destination, server.config.entityid, name_id=name_id, sign=False)
        bound = server.apply_binding(
            BINDING_HTTP_REDIRECT, str(message), destination, sign=key is not None, sigalg=SIG_RSA_SHA256
        )
        return urlsplit(dict(bound["headers"])["Location"]).query

    def _config(self, key: str, minutes: int) -> IdPConfig:
        key_file, cert_file = self.keys[key]
        endpoints = {
            "single_sign_on_service": [(f"{self.address}/sso", BINDING_HTTP_REDIRECT)],
            "single_logout_service": [(f"{self.address}/slo", BINDING_HTTP_REDIRECT)],
        }
        service = {"idp": {"endpoints": endpoints, "policy": {"default": {"lifetime": {"minutes": minutes}}}}}
        config = {"entityid": self.entity_id, "service": service, "key_file": key_file, "cert_file": cert_file}
        if self.site_metadata:
            config["metadata"] = {"inline": [self.site_metadata]}
        return IdPConfig().load(config)
