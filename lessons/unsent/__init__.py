"""What people have written and not sent: which form it belongs to, the page that lists it, and returning it.

It is returned after a stale token or an ended session. The rows and the signed field of forms are in
`db/unsent_texts.py`.
"""
