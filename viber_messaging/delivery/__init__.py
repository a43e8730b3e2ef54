"""What happens to a message, one module a stage: queueing, claims, dispatch, outcomes, recording, polling, recovery."""
