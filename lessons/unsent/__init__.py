"""What people have written and not sent: where they were writing, the page that lists it, and giving it back after a
stale token or an ended session. The rows and the signed field of forms are in `db/unsent_texts.py`.
"""
