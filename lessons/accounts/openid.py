"""Coming back from an OpenID provider. Loaded only if OIDC_SERVER_URL is set."""

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

# Those with a public key: whoever can check a signature must not be able to make one.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """Accepts an ID token only if it is signed by the provider. django-allauth believes one that comes by TLS."""

    def complete_login(self, request, app, token, **kwargs):
        id_token = kwargs["response"].get("id_token")
        if id_token:
            with get_adapter().get_requests_session() as session:
                answer = session.get(self.openid_config["jwks_uri"])
                answer.raise_for_status()
            check_signature(id_token, answer.json())
        return super().complete_login(request, app, token, **kwargs)


def check_signature(id_token: str, published: dict) -> None:
    """Raise OAuth2Error unless the token is signed with the published key that it names, or any if it names none."""
    try:
        name = jwt.get_unverified_header(id_token).get("kid")
        keys = [key for key in jwt.PyJWKSet.from_dict(published).keys if name in (None, key.key_id)]
    except jwt.PyJWTError as error:
        raise OAuth2Error("The ID token or the keys of the provider cannot be read.") from error
    if not any(_is_signed_with(key, id_token) for key in keys):
        raise OAuth2Error("The ID token is not signed with a published key.")


def _is_signed_with(key: jwt.PyJWK, id_token: str) -> bool:
    try:
        jwt.PyJWS().decode(id_token, key.key, algorithms=ALGORITHMS)
    except (jwt.PyJWTError, TypeError):  # the latter for a key of another kind than the algorithm
        return False
    return True


@login_not_required
def openid_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in whoever comes back from an OpenID provider."""
    return OAuth2CallbackView.adapter_view(SignedTokens(request, provider_id))(request)
