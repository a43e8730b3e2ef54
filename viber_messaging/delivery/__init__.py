"""What happens to a message: queueing, claims, dispatch, outcomes, recording, polling, recovery.

``storage/sql`` holds the handwritten SQL statements.
"""
