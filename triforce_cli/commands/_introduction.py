"""Getting to know a daemon on another machine: by its issuer, or by a fingerprint that a person has compared."""

from triforce_cli.commands._asking import require_yes
from triforce_cli.contexts import Globals, transport_to
from triforce_cli.errors import CertificateChanged, IssuerUnknown, WrongUsage
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.credential import Nobody
from triforce_cli.transport.tls import NO_FINGERPRINT, fingerprint_of


def introduced(context: Context, fingerprint: str | None, chosen: Globals) -> Context:
    """The context, with all that is needed to know its daemon again, which has answered.

    Raises NotApproved, WrongUsage, CertificateRejected, and what a daemon that does not answer leads to.
    """
    if fingerprint is not None:
        if context.ca is not None or context.kind != "https":
            raise WrongUsage("A fingerprint needs https and no --ca.", "It alone says which certificate is taken.")
        return _reached(context._replace(fingerprint=_checked(fingerprint)), chosen)
    try:
        return _reached(context, chosen)
    except IssuerUnknown:
        if context.ca is not None:
            raise
    seen = _look(context, chosen)
    require_yes(
        f"Nobody whom this machine trusts has issued the certificate of {context.url}. Its SHA-256 fingerprint is "
        f"{seen}. Is that the one that `triforce daemon cert` told there?",
        chosen,
    )
    return _reached(context._replace(fingerprint=seen), chosen)


def _reached(context: Context, chosen: Globals) -> Context:
    transport_to(context, chosen, credential=Nobody()).reach()
    return context


def _look(context: Context, chosen: Globals) -> str:
    """The fingerprint that is there; the connection ends with it, before anything is sent."""
    try:
        _reached(context._replace(fingerprint=NO_FINGERPRINT), chosen)
    except CertificateChanged as error:
        return error.seen
    raise AssertionError("a certificate fits no empty fingerprint")


def _checked(fingerprint: str) -> str:
    try:
        return fingerprint_of(fingerprint)
    except ValueError as error:
        raise WrongUsage(f"{fingerprint!r} is no fingerprint: {error}.", "Copy all of it.") from None
