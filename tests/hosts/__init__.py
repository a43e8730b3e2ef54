"""Sites of other people: each in an environment of its own, with the built wheel and never the source."""
