"""Who may do what: the rules themselves, asked."""

from django.shortcuts import render

from lessons.joining.rules import people, rules


def roles(request):
    return render(
        request,
        "enrolment/permission_matrix.html",
        {"people": [label for label, _person in people()], "rules": rules()},
    )
