"""Who may open which account page: every URL, each kind of user (see `tests/test_permissions.py`)."""

import pytest
from django.urls import reverse

from tests.test_permissions import World, assert_answered, routes, rows, with_world

pytestmark = pytest.mark.django_db

# fmt: off
PAGES = """
#                                            visitor  stranger learner assistant instructor elsewhere administrator
GET  account_login                           200      302      302     302       302        302       302
GET  account_signup                          200      302      302     302       302        302       302
GET  account_logout                          302      200      200     200       200        200       200
GET  account_inactive                        200      200      200     200       200        200       200
GET  account_reauthenticate                  302      200      200     200       200        200       200
GET  account_email                           302      200      200     200       200        200       200
GET  account_change_password                 302      200      200     200       200        200       200
GET  account_set_password                    302      302      302     302       302        302       302
GET  account_reset_password                  200      200      200     200       200        200       200
GET  account_reset_password_done             200      200      200     200       200        200       200
GET  account_reset_password_from_key         200      200      200     200       200        200       200
GET  account_reset_password_from_key_done    200      200      200     200       200        200       200
GET  account_request_login_code              200      302      302     302       302        302       302
GET  account_confirm_login_code              302      302      302     302       302        302       302
GET  account_email_verification_sent         302      302      302     302       302        302       302
GET  mfa_index                               302      200      200     200       200        200       200
GET  mfa_authenticate                        302      302      302     302       302        302       302
GET  mfa_reauthenticate                      302      302      302     302       302        302       302
GET  mfa_activate_totp                       302      302      302     302       302        302       302
GET  mfa_deactivate_totp                     302      404      404     404       404        404       404
GET  mfa_view_recovery_codes                 302      404      404     404       404        404       404
GET  mfa_download_recovery_codes             302      404      404     404       404        404       404
GET  mfa_generate_recovery_codes             302      302      302     302       302        302       302
GET  mfa_list_webauthn                       302      200      200     200       200        200       200
GET  mfa_add_webauthn                        302      302      302     302       302        302       302
GET  mfa_login_webauthn                      302      302      302     302       302        302       302
GET  mfa_reauthenticate_webauthn             302      302      302     302       302        302       302
GET  mfa_edit_webauthn                       302      302      302     302       302        302       302
GET  mfa_remove_webauthn                     302      302      302     302       302        302       302
GET  usersessions_list                       302      200      200     200       200        200       200
GET  accounts:sessions                       302      200      200     200       200        200       200
POST accounts:sessions                       302      302      302     302       302        302       302
GET  accounts:profile                        302      200      200     200       200        200       200
POST accounts:profile                        302      200      200     200       200        200       200
"""
# fmt: on


class AccountsWorld(World):
    def arguments(self, route):
        return {
            "account_reset_password_from_key": {"uidb36": "1", "key": "x"},
            "mfa_edit_webauthn": {"pk": 1},
            "mfa_remove_webauthn": {"pk": 1},
        }.get(route, {})


@with_world(AccountsWorld, visibility="members")
@pytest.mark.parametrize(("method", "route", "expected"), [*rows(PAGES)])
def test_every_url_answers_each_kind_of_user(world, method, route, expected):
    url = reverse(route, kwargs=world.arguments(route))
    assert_answered(world.clients, method, url, {}, expected)


def test_every_url_has_a_row():
    own = ("account_", "accounts:", "mfa_", "usersessions_")
    assert {r for r in routes() if r.startswith(own)} == {p.values[1] for p in rows(PAGES)}
