"""Every e-mail of the site: stored in the transaction that causes it, and sent afterwards.

`builder` renders e-mails, each from one template, as the `parts` that mail programs choose from: HTML and plain text.
`kinds` names those that are built when they are sent, `services` queues, `delivery` sends, `background` starts sending
when a request has queued something, `jobs` sends what was missed or failed, and `processes` shares a long queue.
"""
