"""Messages have a database of their own; all else stays where it was."""


class MessagesRouter:
    def db_for_read(self, model, **hints):
        return "messages" if model._meta.app_label == "viber_messaging" else "default"

    db_for_write = db_for_read

    def allow_relation(self, *objects, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return (db == "messages") == (app_label == "viber_messaging")
