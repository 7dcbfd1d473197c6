"""Work that is done in the background: the registry of jobs, and the runner behind `manage.py run_scheduled`.

An app registers its jobs in its module `jobs`, with `registry.job`. Which of them is due and who runs it is recorded
in the database (`JobState`), so that each runs once at a time, however many hosts call `run_scheduled`.
"""
