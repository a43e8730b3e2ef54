"""How something of ours leaves: announced by a warning in one minor version, gone no sooner than two later."""

import warnings


class ViberMessagingDeprecationWarning(DeprecationWarning):
    """Something that this site uses will go; the text names the version and what to use instead.

    To meet them in the tests of a site: ``error::viber_messaging.deprecation.ViberMessagingDeprecationWarning`` under
    pytest's ``filterwarnings``.
    """


def warn_of_removal(name: str, *, removed_in: str, instead: str, stacklevel: int = 1) -> None:
    """Tell the caller of the function that calls this that ``name`` goes in version ``removed_in``."""
    warnings.warn(
        f"{name} will be removed in django-viber-messaging {removed_in}: use {instead}.",
        ViberMessagingDeprecationWarning,
        stacklevel=stacklevel + 2,
    )
