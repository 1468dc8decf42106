"""What may be asked of vaccines: the history, what the engine sees, what is due, how an encounter's doses stand."""

from liaison.immunize.queries.history import dose_for, history_for
from liaison.immunize.queries.seen import as_the_engine_sees, forecast_for, history_of

__all__ = ["as_the_engine_sees", "dose_for", "forecast_for", "history_for", "history_of"]
