"""Export and erase what is known about a person's e-mails."""

from collections.abc import Collection, Iterator

from django.db.models import Q

from lessons.mail.models import OutgoingEmail


def _to_person(user_id: int, addresses: Collection[str]):
    is_theirs = Q(recipient_id=user_id)
    for address in addresses:
        is_theirs |= Q(to__iexact=address)
    return OutgoingEmail.objects.filter(is_theirs)


def export_rows(user_id: int, addresses: Collection[str]) -> Iterator[dict]:
    """Yield the e-mails recently sent to the person or still queued, without their content, which they get anyway."""
    for email in _to_person(user_id, addresses).order_by("pk").iterator(chunk_size=500):
        yield {
            "kind": email.kind,
            "to": email.to,
            "state": email.get_state_display(),
            "queued": email.created_at,
            "finished": email.finished_at,
        }


def erase(user_id: int, addresses: Collection[str]) -> None:
    """Delete the person's e-mails, including queued ones, which are then never sent."""
    _to_person(user_id, addresses).delete()
