"""What logs leave out."""

import logging

from clients.tokens import without_tokens


class WithoutTokens(logging.Filter):
    """Takes the tokens of private links out of records, whoever they come from."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log it: always."""
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True
