"""Addresses for signing in through a university: they stand before those of django-allauth that they replace."""

from django.apps import apps
from django.urls import path

urlpatterns = []
if apps.is_installed("allauth.socialaccount.providers.openid_connect"):
    from lessons.accounts.openid import openid_callback

    callback = path("oidc/<str:provider_id>/login/callback/", openid_callback, name="openid_connect_callback")
    urlpatterns.append(callback)
if apps.is_installed("allauth.socialaccount.providers.saml"):
    from lessons.accounts.saml import saml_logout

    urlpatterns.append(path("saml/<str:organization_slug>/sls/", saml_logout, name="saml_sls"))
