"""The pages of a module's glossary and timeline as tables: editing, downloading CSV, importing CSV after a preview."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lessons.authoring.access import get_module, get_user, render_page
from lessons.authoring.breadcrumbs import Parent, trail
from lessons.authoring.tables.columns import TABLES, ItemTable
from lessons.authoring.tables.csv_files import Plan, plan_import, write_csv
from lessons.authoring.tables.page import TablePage
from lessons.authoring.tables.rows import SubmittedTable, lesson_choices, rows_of
from lessons.authoring.tables.services import Saved, lock_table, save_rows
from lessons.db.edit_conflicts import CONFLICT_STATUS
from lessons.db.idempotency import FormInvalid, earlier_result, submit_once
from lessons.db.unsent_texts import find_unsent_text, forget_submitted
from lessons.markup.csv_text import InvalidCSV, UploadedText, decode_upload
from lessons.models import Module

MAX_CSV_MEGABYTES = 5


def urls(guard) -> list:
    """Return the URL patterns below a module's. guard: the admin site's `admin_view`."""
    return [
        pattern
        for name in TABLES
        for pattern in (
            path(f"<int:pk>/{name}/", guard(edit_table), {"name": name}, name=f"lessons_module_{name}"),
            path(f"<int:pk>/{name}/csv/", guard(export_table), {"name": name}, name=f"lessons_module_{name}_csv"),
            path(
                f"<int:pk>/{name}/import/", guard(import_table), {"name": name}, name=f"lessons_module_{name}_import"
            ),
        )
    ]


def edit_table(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show the table; POST saves what was changed, all of it or nothing; with `more` it only shows more blank rows."""
    module, table = get_module(request, pk), TABLES[name]
    if request.method != "POST":
        return _render_table(request, module, table, _unsent(request, module, table))
    if done := earlier_result(request):
        return redirect(done)
    submitted = _submitted(module, table, request.POST)
    if "more" in request.POST:
        return _render_table(request, module, table, submitted, more=True)
    # Before the transaction, too: parsing dates takes a while, and what it finds is remembered.
    if not submitted.validate():
        return _render_table(request, module, table, submitted)

    def save() -> str:
        nonlocal submitted
        lock_table(table, module)
        submitted = _submitted(module, table, request.POST)
        if not submitted.validate():
            raise FormInvalid
        saved = save_rows(
            table=table,
            module=module,
            added=submitted.added,
            changed=submitted.changed,
            deleted=submitted.deleted,
            by=get_user(request),
        )
        _report(request, saved)
        forget_submitted(request)
        return request.get_full_path()

    try:
        return redirect(submit_once(request, save).address)
    except FormInvalid:
        return _render_table(request, module, table, submitted)


def _submitted(module: Module, table: ItemTable, data: QueryDict) -> SubmittedTable:
    return SubmittedTable(table, data, rows_of(table, module), lesson_choices(module))


def _unsent(request: HttpRequest, module: Module, table: ItemTable) -> SubmittedTable:
    """Return the table as its author has left it without saving."""
    unsent = find_unsent_text(request.user.pk, _draft_key(module, table))
    data = QueryDict(mutable=True)
    for name, value in (unsent.fields if unsent else {}).items():
        data.setlist(name, [value] if isinstance(value, str) else value)
    return _submitted(module, table, data)


def _draft_key(module: Module, table: ItemTable) -> str:
    return f"{table.name}-{module.pk}"


def _report(request: HttpRequest, saved: Saved) -> None:
    if any(saved):
        messages.success(
            request, _("Saved: %(added)s new, %(changed)s changed, %(deleted)s deleted.") % saved._asdict()
        )
        if saved.deleted:
            messages.info(request, _("What you deleted is in the course’s bin for 30 days."))
    else:
        messages.info(request, _("Nothing was changed."))


def _render_table(
    request: HttpRequest, module: Module, table: ItemTable, submitted: SubmittedTable, *, more: bool = False
) -> HttpResponse:
    page = TablePage(table, submitted, request.GET, more=more)
    wrong = [row for row in submitted.edited if row.is_wrong]
    context = {
        "module": module,
        "table": table,
        "title": table.title,
        "parents": trail(module),
        "page": page,
        "wrong": wrong,
        "draft_key": _draft_key(module, table),
        "restored": request.method == "GET" and bool(submitted.edited),
        "csv_url": reverse(f"admin:lessons_module_{table.name}_csv", args=[module.pk]),
        "import_url": reverse(f"admin:lessons_module_{table.name}_import", args=[module.pk]),
    }
    status = CONFLICT_STATUS if any(row.conflict or row.notices for row in wrong) else 422 if wrong else 200
    return render_page(request, "authoring/item_table.html", context, status)


@require_safe
def export_table(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Download the table as CSV, which can be imported again."""
    module, table = get_module(request, pk), TABLES[name]
    rows = sorted(rows_of(table, module).values(), key=next(iter(table.sort_keys.values())))
    text = write_csv(table, rows, lesson_choices(module))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    return response


class CSVForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste rows from a spreadsheet"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > MAX_CSV_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                _("This file is larger than %(max)d MB. Split it.") % {"max": MAX_CSV_MEGABYTES}
            )
        return file

    def read(self) -> UploadedText:
        """Return the text of a valid form. Raise InvalidCSV."""
        return decode_upload(self.cleaned_data.get("file"), self.cleaned_data.get("text", ""))


def import_table(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show the form; POST previews a file and, with `confirm`, imports it. The preview holds the text."""
    module, table = get_module(request, pk), TABLES[name]
    form = CSVForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _render_import(request, module, table, form)
    if done := earlier_result(request):
        return redirect(done)
    try:
        if not form.is_valid():
            raise InvalidCSV("")
        uploaded = form.read()
        plan = _plan(module, table, uploaded)
    except InvalidCSV as error:
        if str(error):
            form.add_error(None, str(error))
        return _render_import(request, module, table, form, status=422)
    status = 200
    if "confirm" in request.POST and (plan.new or plan.changed):
        try:
            return _import(request, module, table, uploaded)
        except FormInvalid:
            status, plan = CONFLICT_STATUS, _plan(module, table, uploaded)
    context = {"plan": plan, "text": uploaded.text, "encoding": uploaded.encoding, "is_outdated": status != 200}
    return _render_import(request, module, table, form, status=status, **context)


def _plan(module: Module, table: ItemTable, uploaded: UploadedText) -> Plan:
    return plan_import(table, uploaded.text, rows_of(table, module), lesson_choices(module))


def _import(request: HttpRequest, module: Module, table: ItemTable, uploaded: UploadedText) -> HttpResponse:
    """Import what was previewed; raise FormInvalid if it would now do something else."""

    def save() -> str:
        lock_table(table, module)
        plan = _plan(module, table, uploaded)
        if plan.digest != request.POST.get("digest", ""):
            raise FormInvalid
        added = [row.form for row in plan.new if row.form]
        changed = [(row.saved, row.form) for row in plan.changed if row.form]
        _report(request, save_rows(table=table, module=module, added=added, changed=changed, by=get_user(request)))
        return reverse(f"admin:lessons_module_{table.name}", args=[module.pk])

    return redirect(submit_once(request, save).address)


def _render_import(
    request: HttpRequest, module: Module, table: ItemTable, form: CSVForm, *, status: int = 200, **context
) -> HttpResponse:
    title = _("Import the glossary") if table.name == "glossary" else _("Import the timeline")
    table_url = reverse(f"admin:lessons_module_{table.name}", args=[module.pk])
    context |= {
        "module": module,
        "table": table,
        "title": title,
        "parents": [*trail(module), Parent(str(table.title), table_url)],
        "form": form,
        "table_url": table_url,
    }
    return render_page(request, "authoring/import_table.html", context, status)
