"""How the web server logs (`gunicorn --logger-class=config.server_log.ServerLog`)."""

from typing import Any

from gunicorn.glogging import Logger

from config.logs import WithoutTokens


class ServerLog(Logger):
    """gunicorn's logger, with requests and failures written down without the tokens of private links."""

    def setup(self, cfg: Any) -> None:
        """Called at the start, and for each new configuration with new handlers."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.addFilter(WithoutTokens())
