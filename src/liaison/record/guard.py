"""The guard of the one door: a row of the record saved, updated or deleted outside a change raises."""

from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models

writing: ContextVar[bool] = ContextVar("inside_the_door", default=False)
M = TypeVar("M", bound=models.Model)


class WriteOutsideChange(RuntimeError):
    """A programming error: something wrote to the record past `record.change`."""


def refuse_outside_change(what: str) -> None:
    """Raises WriteOutsideChange unless `record.change` itself is writing."""
    if not writing.get():
        raise WriteOutsideChange(f"{what} is written through record.change only.")


class GuardedQuerySet(models.QuerySet[M]):
    """A query set whose bulk writes are guarded as `save` is."""

    def update(self, **kwargs: Any) -> int:
        refuse_outside_change(self.model.__name__)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        refuse_outside_change(self.model.__name__)
        return super().delete()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        refuse_outside_change(self.model.__name__)
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        refuse_outside_change(self.model.__name__)
        return super().bulk_update(*args, **kwargs)


class GuardedManager(models.Manager[M]):
    """The manager of every guarded model."""

    def get_queryset(self) -> GuardedQuerySet[M]:
        return GuardedQuerySet(self.model, using=self._db)
