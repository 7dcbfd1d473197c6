"""Signing out at a SAML provider. Loaded only if SAML_METADATA_URL is set."""

from allauth.socialaccount.providers.saml.views import sls
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
@login_not_required
def saml_logout(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Sign somebody out whom the university has signed out. Without a signature, any link could do that."""
    if "Signature" not in request.GET:
        raise BadRequest
    return sls(request, organization_slug)
