"""What happens to a message, one module a stage: queueing, claims, dispatch, outcomes, recording, polling, recovery.

``sql`` holds the statements that are written by hand.
"""
