"""Taking the tokens of private links out of what others read: each opens its page for whoever has it.

So do those of links for a new password.
"""

import re

# Whatever stands where a token would: one that is mistyped is nearly one.
_TOKEN = re.compile(r"(?:(?<=/p/)|(?<=/with/-/)|(?<=/reset/key/))[^/\s?#\"'<>]+")


def without_tokens(text: str) -> str:
    """The text with “…” for every token in an address."""
    return _TOKEN.sub("…", text)
