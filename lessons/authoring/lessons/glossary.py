"""The terms of a module's glossary in the editor: shown in the text, added and defined without leaving it."""

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from lessons.authoring.base import SingleLineField
from lessons.authoring.courses.forms import GlossaryTermForm
from lessons.db.edit_conflicts import VersionedForm, status_of
from lessons.db.ids import parse_id
from lessons.indexed_texts import index_items
from lessons.models import GlossaryTerm, Module


class TermForm(VersionedForm, GlossaryTermForm):
    class Meta:
        model = GlossaryTerm
        fields = ["term", "definition"]
        field_classes = {"term": SingleLineField}


def glossary_terms(request: HttpRequest) -> JsonResponse:
    """Return the terms of a module's glossary; POST adds one, or changes the one that `term_id` names."""
    data = request.POST if request.method == "POST" else request.GET
    module = get_object_or_404(Module.objects.editable_by(request.user), pk=parse_id(data.get("module", "")))
    form = _save(request, module) if request.method == "POST" else None
    if form and form.errors:
        errors = [str(message) for messages in form.errors.values() for message in messages]
        return JsonResponse({"errors": errors}, status=status_of(form))
    return JsonResponse({"terms": [_as_json(term) for term in module.glossaryterms.all()]})


@transaction.atomic
def _save(request: HttpRequest, module: Module) -> TermForm:
    """Save a valid form. The module is locked, so that a term sent twice at once is refused and not an error."""
    Module.objects.select_for_update(no_key=True).get(pk=module.pk)
    pk = parse_id(request.POST.get("term_id", ""))
    term = get_object_or_404(module.glossaryterms, pk=pk) if pk else GlossaryTerm(module=module)
    if not pk:
        term.lesson = module.lessons.filter(pk=parse_id(request.POST.get("lesson", ""))).first()
    form = TermForm(request.POST, instance=term)
    if form.is_valid():
        form.save()
        index_items(GlossaryTerm, [term.pk])
    return form


def _as_json(term: GlossaryTerm) -> dict:
    version = TermForm(instance=term).initial["version"]
    return {"id": term.pk, "term": term.term, "definition": term.definition, "version": version}
